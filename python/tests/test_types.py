"""Every function takes every type of numbers, and keeps it: lists and integers are float64, as in NumPy."""
import inspect

import numpy as np
import pytest

import actkernels as act

TYPES = [np.float16, np.float32, np.float64]
# Of these libact has no float64 in some versions; the half types go by float32 then.
NOT_IN_DOUBLE = {name for name in ("relu_squared", "sparse_plus", "tanhshrink", "softcap", "sqrt_softplus", "scaled_elu",
                                   "laplace", "snake")
                 if not any(types.startswith("d") for types in getattr(act._kernels, name).types)}
OTHER = {"backend", "backends", "set_backend", "fast", "grad"}


def functions():
    for tier, module in (("", act), ("fast.", act.fast), ("grad.", act.grad), ("fast.grad.", act.fast.grad)):
        for name in module.__all__:
            if name not in OTHER:
                yield pytest.param(getattr(module, name), name, id=tier + name)


def operands(function):
    """How many arrays a function must be given."""
    if isinstance(function, np.ufunc):
        return function.nin
    parameters = inspect.signature(function).parameters.values()
    return sum(p.kind is p.POSITIONAL_ONLY and p.default is p.empty for p in parameters)


def call(function, name, array):
    n = operands(function)
    if name == "logsumexp" and n == 2:  # its gradient, whose dy has one element per row
        return function(array[..., 0] if isinstance(array, np.ndarray) else [r[0] for r in array], array)
    return function(*[array] * n)


def results(y):
    return y if isinstance(y, tuple) else (y,)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid")  # of float16 and of the largest integers
@pytest.mark.parametrize("function, name", functions())
def test_types(function, name):
    x = (np.random.default_rng(1).standard_normal((6, 40)) * 2).astype(np.float16)
    exact = [np.asarray(y) for y in results(call(function, name, x.astype(np.float32)))]
    for dtype in TYPES:
        if dtype == np.float64 and name in NOT_IN_DOUBLE:
            continue
        for given in (x.astype(dtype), np.asfortranarray(x.astype(dtype)), x.astype(dtype)[:, ::-1][:, ::-1],
                      x.astype(np.dtype(dtype).newbyteorder(">"))):
            for y, e in zip(results(call(function, name, given)), exact):
                assert y.dtype == dtype and y.dtype.isnative and y.shape == e.shape
                rtol = {np.float16: 1e-3, np.float32: 1e-6, np.float64: 2e-5}[dtype]
                np.testing.assert_allclose(y.astype(float), e, rtol=rtol, atol=1e-5 if dtype == np.float64 else 1e-7)
    integers = np.clip(np.rint(x.astype(float)), -3, 3).astype(int)
    if name in NOT_IN_DOUBLE:
        return
    expected = results(call(function, name, integers.astype(float)))
    for given in (integers, integers.tolist(), integers.astype(np.int32), integers.astype(float).tolist()):
        for y, e in zip(results(call(function, name, given)), expected):
            assert y.dtype == np.float64 and np.array_equal(y, e)
    for small in (np.int8, np.uint8, bool):
        for y in results(call(function, name, np.abs(integers).astype(small))):
            assert y.dtype == np.exp(np.ones(1, small)).dtype


@pytest.mark.parametrize("function, name", functions())
def test_what_is_no_number(function, name):
    for x in (np.ones((2, 3), complex), np.ones((2, 3), object), np.full((2, 3), "1"), np.ones((2, 3), "M8[s]")):
        with pytest.raises(TypeError):
            call(function, name, x)


def test_half_without_kernels_of_its_own():
    """In blocks, along rows and columns, in place, reversed, and one element per row: float32's result, rounded."""
    x = (np.random.default_rng(2).standard_normal((2, 1300)) * 2).astype(np.float16)
    dy = x[::-1, ::-1]
    single = [a.astype(np.float32) for a in (dy, x)]
    for function in (act.grad.silu, act.grad.softmax):
        expected = function(*single).astype(np.float16)
        assert np.array_equal(function(dy, x), expected)
        y = x.copy()
        assert function(dy, y, out=y) is y and np.array_equal(y, expected)
        out = np.zeros((2, 2600), np.float16)[:, ::-2]
        assert function(dy, x, out=out) is out and np.array_equal(out, expected)
    assert np.array_equal(act.grad.softmax(dy.T, x.T, axis=0), act.grad.softmax(*single).astype(np.float16).T)
    expected = act.grad.logsumexp(single[0][:, 0], single[1]).astype(np.float16)
    assert np.array_equal(act.grad.logsumexp(dy[:, 0], x), expected)
    assert np.array_equal(act.sparsemax(x), act.sparsemax(single[1]).astype(np.float16))
    dgate, dup = act.grad.swiglu(dy, x, dy)
    for got, e in zip((dgate, dup), act.grad.swiglu(single[0], single[1], single[0])):
        assert got.dtype == np.float16 and np.array_equal(got, e.astype(np.float16))


def test_hardmax_and_sparsemax_in_double():
    x = np.random.default_rng(3).standard_normal((40, 23))
    x[0, :] = 1.0
    x[0, 7] = 1.0 + 1e-12  # a tie in float32
    y = act.hardmax(x)
    assert y[0].tolist() == [float(i == 7) for i in range(23)]
    assert np.array_equal(y.argmax(axis=1), x.argmax(axis=1)) and (y.sum(axis=1) == 1).all()
    # tau by bisection.
    low, high = x.max(axis=1) - 1, x.max(axis=1)
    for _ in range(80):
        middle = (low + high) / 2
        over = np.maximum(x - middle[:, None], 0).sum(axis=1) > 1
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    np.testing.assert_allclose(act.sparsemax(x), np.maximum(x - low[:, None], 0), rtol=1e-12, atol=1e-14)
    for function in (act.hardmax, act.sparsemax):
        assert np.array_equal(function(x.T, axis=0).T, function(x))
        assert np.array_equal(function(x, axis=None), function(x.ravel()).reshape(x.shape))
        assert np.array_equal(function(x, dtype=np.float32), function(x.astype(np.float32)))
        out = np.zeros_like(x)
        assert function(x, out=out) is out and np.array_equal(out, function(x))
        assert function(np.zeros((3, 0))).shape == (3, 0)
    # As float32's in every special row, without a warning.
    rows = np.array([[np.nan, 1, 2], [np.inf, 0, 0], [-np.inf] * 3, [-np.inf, 0, 0.5], [1e300, -1e300, 1e300], [3, 3, 3]])
    for function in (act.hardmax, act.sparsemax):
        with np.errstate(over="ignore"):
            expected = function(rows.astype(np.float32))
        expected[4] = [1, 0, 0] if function is act.hardmax else [0.5, 0, 0.5]
        np.testing.assert_allclose(function(rows), expected, rtol=1e-6)


def test_softmin():
    x = (np.random.default_rng(4).standard_normal((5, 7)) * 3).astype(np.float32)
    for axis in (0, -1, None, (0, 1)):
        assert np.array_equal(act.softmin(x, axis=axis), act.softmax(-x, axis=axis))
    assert np.array_equal(act.softmin(np.array([200, 1], np.uint8)), act.softmax(np.float16([-200, -1])))
    masked = np.ma.array([1.0, 5.0, 2.0], mask=[0, 1, 0])
    np.testing.assert_allclose(act.softmin(masked).compressed(), act.softmax([-1.0, -2.0]))
