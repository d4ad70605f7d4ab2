"""What NumPy's own functions make of odd inputs, these do, too."""
import copy
import importlib.util
import pickle
import subprocess
import sys
import types
import warnings

import numpy as np
import pytest

import actkernels as act
from actkernels import _rows

AxisError = getattr(np, "exceptions", np).AxisError
ALONG = ["softmax", "softmin", "log_softmax", "hardmax", "sparsemax"]
TYPES = [np.float16, np.float32, np.float64]


def sample(shape, dtype=np.float32, seed=1):
    return (np.random.default_rng(seed).standard_normal(shape) * 3).astype(dtype)


class Named(np.ndarray):
    """A subclass with an attribute, which NumPy's functions keep."""

    def __array_finalize__(self, other):
        self.name = getattr(other, "name", None)


def named(x):
    x = x.view(Named)
    x.name = "name"
    return x


def test_no_dimensions():
    for function in (act.softmax, act.softmin, act.hardmax, act.sparsemax):
        for dtype in TYPES:
            y = function(dtype(3), axis=None)
            assert y == 1 and type(y) is dtype
            assert function(np.array(3, dtype), axis=()) == 1
        for axis in (-1, 0, (0,)):
            with pytest.raises(ValueError):
                function(3.0, axis=axis)
    assert act.log_softmax(3.0, axis=None) == 0 and act.logsumexp(3.0, axis=None) == 3
    assert act.grad.logsumexp(2.0, 3.0, axis=None) == 2
    for function in (act.attention_softmax, act.softmax_masked):
        with pytest.raises(ValueError):
            function(1.0)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", ALONG)
def test_axes(name, dtype):
    function, x = getattr(act, name), sample((2, 3, 4), dtype)
    assert np.array_equal(function(x, axis=np.int64(1)), function(x, axis=1))
    assert np.array_equal(function(x, axis=np.array(1)), function(x, axis=-2))
    assert np.array_equal(function(x, axis=(-1, 0)), function(x, axis=[2, 0]))
    assert np.array_equal(function(x, axis=(1,)), function(x, axis=1))
    assert (function(x, axis=()) == (0 if name == "log_softmax" else 1)).all()
    for axis, error, text in ((3, AxisError, "axis 3 is out of bounds for array of dimension 3"), ((0, -4), AxisError, "-4"),
                              ((0, -3), ValueError, "duplicate value in 'axis'"), (tuple(range(1000)), AxisError, "axis 3"),
                              (1.0, TypeError, "'float' object cannot be interpreted as an integer"), ("0", TypeError, "'str'"),
                              ((0, None), TypeError, "NoneType"), ((2**70,), AxisError, "out of bounds")):
        for call in (function, lambda x, axis: act.logsumexp(x, axis), lambda x, axis: act.grad.softmax(x, x, axis)):
            with pytest.raises(error, match=text):
                call(x, axis=axis)
    with pytest.raises(TypeError, match="axes"):
        function(x, axes=1)


def test_axis_error_of_numpy_2(monkeypatch):
    """It is np.AxisError before NumPy 1.25, np.exceptions.AxisError since, and that alone in NumPy 2."""
    class Error(ValueError, IndexError):
        pass

    place = types.ModuleType("numpy.exceptions")
    place.AxisError = Error
    monkeypatch.setattr(np, "exceptions", place, raising=False)
    monkeypatch.delattr(np, "AxisError", raising=False)
    spec = importlib.util.spec_from_file_location("actkernels._rows_again", _rows.__file__)
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    with pytest.raises(Error):
        again.default.softmax(np.zeros((2, 3)), axis=(0, 2))


@pytest.mark.parametrize("axis", [0, -1, None, (0, 1)])
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", ALONG)
def test_out(name, axis, dtype):
    function, x = getattr(act, name), sample((6, 8), dtype)
    y = function(x, axis=axis)
    swapped = x.astype(x.dtype.newbyteorder(">"))
    assert function(swapped, axis=axis).dtype.isnative and np.array_equal(function(swapped, axis=axis), y)
    for out in (np.zeros((6, 8), dtype), np.zeros((8, 6), dtype).T, np.zeros((6, 16), dtype)[:, ::-2],
                np.zeros((6, 8), x.dtype.newbyteorder(">")), np.zeros((6, 8), np.float64), named(np.zeros((6, 8), dtype))):
        assert function(x, axis=axis, out=out) is out and np.array_equal(out, y)
        assert function(x, axis, (out,)) is out
    # The argument itself, and the rows before and after it.
    for source, target in ((slice(1, 7), slice(1, 7)), (slice(0, 6), slice(2, 8)), (slice(2, 8), slice(0, 6)),
                           (slice(0, 6), slice(5, None, -1))):
        memory = sample((8, 8), dtype, seed=2)
        expected = function(memory[source].copy(), axis=axis)
        function(memory[source], axis=axis, out=memory[target])
        assert np.array_equal(memory[target], expected)
    read_only = np.zeros((6, 8), dtype)
    read_only.flags.writeable = False
    for out, error in ((np.zeros((6, 7), dtype), ValueError), (np.zeros(8, dtype), ValueError), (3, TypeError), ([0.0], TypeError),
                       (np.zeros((6, 8), int), TypeError), (read_only, ValueError), ((), (TypeError, ValueError))):
        with pytest.raises(error):
            function(x, axis=axis, out=out)


def test_out_of_logsumexp():
    x = sample((4, 5, 6))
    for axis in (0, -1, (0, 2), None):
        for keepdims in (False, True, np.True_, 1):
            y = act.logsumexp(x, axis=axis, keepdims=keepdims)
            out = np.zeros(np.shape(y), np.float32)
            assert act.logsumexp(x, axis=axis, keepdims=keepdims, out=out) is out and np.array_equal(out, y)
            assert act.logsumexp(x, axis, keepdims, (out,)) is out
            # The gradient along the same axes.
            dy = np.asarray(y)
            kept = dy if keepdims else np.expand_dims(dy, tuple(range(3)) if axis is None else axis)
            expected = kept * act.softmax(x, axis=axis)
            np.testing.assert_allclose(act.grad.logsumexp(dy, x, axis=axis, keepdims=keepdims), expected, rtol=1e-6)
            given = np.zeros_like(x)
            assert act.grad.logsumexp(dy, x, axis=axis, keepdims=keepdims, out=given) is given
            np.testing.assert_allclose(given, expected, rtol=1e-6)


def test_classes():
    """A subclass stays, with its attributes, as in NumPy's functions."""
    for dtype in TYPES:
        x = named(sample((3, 4), dtype))
        for function in [act.sigmoid, act.silu, act.attention_softmax, act.softmax_masked]:
            assert type(function(x)) is Named and function(x).name == "name"
        for name in ALONG:
            for axis in (0, -1, None, (0, 1)):
                y = getattr(act, name)(x, axis=axis)
                assert type(y) is Named and y.name == "name" and np.array_equal(y, getattr(act, name)(np.array(x), axis=axis))
        assert type(act.logsumexp(x)) is Named and type(act.logsumexp(x, axis=(0,), keepdims=True)) is Named
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matrix = np.matrix(sample((3, 4), np.float64))
    for name in ALONG:
        for axis in (0, -1, None):
            y = getattr(act, name)(matrix, axis=axis)
            assert type(y) is np.matrix and np.array_equal(np.asarray(y), getattr(act, name)(np.asarray(matrix), axis=axis))


@pytest.mark.parametrize("dtype", [*TYPES, int, np.int8])
def test_masked_arrays(dtype):
    data = np.array([[1, 5, 2], [3, 100, 4]], dtype)
    x = np.ma.array(data, mask=[[0, 1, 0], [0, 1, 0]])
    for name in ALONG:
        function = getattr(act, name)
        for axis in (0, -1, None):
            y = function(x, axis=axis)
            assert isinstance(y, np.ma.MaskedArray) and np.array_equal(y.mask, x.mask)
            expected = function(data[:, ::2], axis=axis)
            assert y.dtype == expected.dtype
            np.testing.assert_allclose(y[:, ::2].data.astype(float), expected, rtol=2 * np.finfo(y.dtype).eps, atol=1e-7)
        y.mask[0, 0] = True
        assert not x.mask[0, 0]  # the masks are two
        out = np.ma.zeros((2, 3), y.dtype)
        assert function(x, out=out) is out and np.array_equal(out.mask, x.mask)
    np.testing.assert_allclose(act.logsumexp(x).astype(float), act.logsumexp(data[:, ::2].astype(float)), rtol=1e-3)
    for function in (act.softmax_masked, act.attention_softmax):
        y = function(x)
        assert isinstance(y, np.ma.MaskedArray) and np.array_equal(y.mask, x.mask)
        np.testing.assert_allclose(y.data.astype(float), act.softmax(x).data.astype(float), rtol=2 * np.finfo(y.dtype).eps)


def test_where_and_casting():
    x, out = sample((3, 4)), np.full((3, 4), 7, np.float32)
    assert np.array_equal(act.silu(x, where=x > 0, out=out), np.where(x > 0, act.silu(x), np.float32(7)))
    assert np.array_equal(act.grad.silu(x, x, where=[True, False, True, False], out=out.copy())[:, 1], out[:, 1])
    with pytest.raises(TypeError):
        act.softmax(x, where=x > 0)
    for function in (act.sigmoid, act.silu, act.softmax, act.hardmax, act.logsumexp):
        assert function(x, dtype=np.float64).dtype == np.float64
        assert function(x.tolist(), dtype=np.float32).dtype == np.float32
        assert np.array_equal(function(x, dtype=np.float64), function(x.astype(np.float64)))
        for wrong in (int, complex, object):
            with pytest.raises(TypeError):
                function(x, dtype=wrong)
    assert np.array_equal(act.softmax(x, axis=0, dtype=np.float64), act.softmax(x.astype(np.float64), axis=0))
    assert act.softmax(x, axis=None, dtype=np.float16).dtype == np.float16


def test_parameters_are_numbers():
    x = sample(5)
    expected = act.leaky_relu(x, 0.5)
    for slope in (np.float32(0.5), np.array(0.5), np.float16(0.5)):
        assert np.array_equal(act.leaky_relu(x, slope), expected)
    assert np.array_equal(act.leaky_relu(x, np.int64(1)), act.leaky_relu(x, True))
    for wrong in ("0.5", b"0.5", None, 0.5j, [0.5], np.array([0.5, 1])):
        for call in (lambda p: act.leaky_relu(x, p), lambda p: act.grad.leaky_relu(x, x, p), lambda p: act.silu(x, beta=p),
                     lambda p: act.softmax_masked(x, scale=p), lambda p: act.attention_softmax(x, scale=p),
                     lambda p: act.attention_softmax(x.astype(float), softcap=p)):
            with pytest.raises(TypeError):
                call(wrong)
    for call in (lambda: act.silu(x, bta=1), lambda: act.silu(x=x), lambda: act.sigmoid(x, ot=x), lambda: act.softmax(x, axs=0),
                 lambda: act.silu(), lambda: act.sigmoid(), lambda: act.softmax(), lambda: act.sigmoid(x, x, x)):
        with pytest.raises(TypeError):
            call()


def test_errstate():
    """Overflow is reported as NumPy does it, and nothing else."""
    large = {np.float16: 60000, np.float32: 3e38, np.float64: 1e308}
    for dtype in TYPES:
        with np.errstate(all="raise", under="ignore"):
            for name in ("sigmoid", "relu", "silu", "gelu", "tanh", "softsign", "hardswish"):
                for v in (0, -0.0, 1, -1, np.inf, -np.inf, np.nan, large[dtype]):
                    getattr(act, name)(np.full(9, v, dtype))
            for name in ALONG:
                getattr(act, name)(np.array([[1, 2], [np.nan, 1], [1, np.inf], [1, 2]], dtype))
            x = np.full(9, {np.float16: 12, np.float32: 89, np.float64: 710}[dtype], dtype)
            with pytest.raises(FloatingPointError, match="overflow encountered in exp"):
                act.exp(x)
        with np.errstate(over="ignore"):
            assert np.isposinf(act.exp(x)).all()
        with pytest.warns(RuntimeWarning, match="overflow"):
            act.exp(x)


def every_function():
    for module in (act, act.fast, act.grad, act.fast.grad):
        for name in module.__all__:
            if callable(getattr(module, name)):
                yield getattr(module, name)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # pickle looks into every module for a ufunc's name
def test_pickle():
    """multiprocessing sends functions by their names."""
    for function in every_function():
        assert pickle.loads(pickle.dumps(function)) is function and copy.deepcopy(function) is function


def test_import_again():
    before = act.sigmoid
    importlib.reload(act)
    assert act.sigmoid is before
    code = ("import sys, actkernels as a; f = a.sigmoid\n"
            "for name in [n for n in sys.modules if n.startswith('actkernels')]: del sys.modules[name]\n"
            "import actkernels as b; assert f(0.0) == b.sigmoid(0.0) == 0.5 and b.silu(1.0) == a.silu(1.0)")
    subprocess.run([sys.executable, "-P", "-c", code], check=True)


def test_subinterpreter():
    """An exception, and no crash.  NumPy itself may not be there."""
    code = ("import importlib.machinery, importlib.util\n"
            f"loader = importlib.machinery.ExtensionFileLoader('_kernels', {act._kernels.__file__!r})\n"
            "spec = importlib.util.spec_from_loader('_kernels', loader)\n"
            "try: importlib.util.module_from_spec(spec), loader.exec_module(importlib.util.module_from_spec(spec))\n"
            "except ImportError as error: assert 'subinterpreter' in str(error)\n"
            "else: raise AssertionError('no error')")
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        interpreters = pytest.importorskip("_interpreters")
    sub = interpreters.create()
    try:
        result = interpreters.run_string(sub, code)
        assert result is None, result
    finally:
        interpreters.destroy(sub)
