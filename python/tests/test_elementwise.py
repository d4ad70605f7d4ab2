"""The ufuncs: values, types, shapes, memory layouts, errors."""
import pickle
import warnings

import numpy as np
import pytest
from scipy import special

import actkernels as act

TYPES = [np.float16, np.float32, np.float64]
PLAIN = ["sigmoid", "relu", "tanh", "exp", "softsign", "hardswish", "selu", "log_sigmoid", "gelu_tanh", "mish"]


def sample(shape, dtype=np.float32, seed=1):
    return (np.random.default_rng(seed).standard_normal(shape) * 4).astype(dtype)


def test_the_tutorial():
    x = [1.0, -10, 0, 15, -2]
    assert " ".join(f"{v:.1f}" for v in act.sigmoid(x)) == "0.7 0.0 0.5 1.0 0.1"
    assert act.relu(x).tolist() == [1, 0, 0, 15, 0]
    assert act.leaky_relu(x).tolist() == [1, -0.1, 0, 15, -0.02]
    assert act.sigmoid(x).dtype == np.float64


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.filterwarnings("ignore:overflow")  # exp of float16
@pytest.mark.parametrize("ours, theirs", [("sigmoid", special.expit), ("log_sigmoid", special.log_expit),
                                          ("tanh", np.tanh), ("exp", np.exp)])
def test_against_scipy(ours, theirs, dtype):
    x = sample((17, 33), dtype)
    with np.errstate(over="ignore"):
        exact = theirs(x.astype(np.float64)).astype(dtype).astype(np.float64)
    for tier in (act, act.fast):
        got = getattr(tier, ours)(x)
        assert got.dtype == dtype
        np.testing.assert_allclose(got.astype(np.float64), exact, rtol=8 * np.finfo(dtype).eps, atol=1e-7)


def test_against_formulas():
    x = sample(1000, np.float64)
    far = x[np.abs(x) > 1]  # nearer 0 the formula of tanhshrink cancels
    for got, expected in [
        (act.leaky_relu(x, 0.2), np.where(x < 0, 0.2 * x, x)),
        (act.leaky_relu(x, negative_slope=0.2), np.where(x < 0, 0.2 * x, x)),
        (act.elu(x, alpha=2), np.where(x < 0, 2 * np.expm1(x), x)),
        (act.clip(x, -1, 2), np.clip(x, -1, 2)),
        (act.clip(x), x),
        (act.hardsigmoid(x), np.clip(x / 6 + 0.5, 0, 1)),
        (act.silu(x), x * special.expit(x)),
        (act.softplus(x, threshold=np.inf), np.logaddexp(0, x)),
        (act.gelu(x), x * special.ndtr(x)),
        (act.gelu(x, approximate="tanh"), act.gelu_tanh(x)),
        (act.softshrink(x, lambd=1), np.sign(x) * np.maximum(np.abs(x) - 1, 0)),
        (act.threshold(x, threshold=1, value=7), np.where(x > 1, x, 7)),
        (act.relu_squared(x), np.maximum(x, 0) ** 2),
        (act.sparse_plus(x), np.where(x < 1, np.maximum(x + 1, 0) ** 2 / 4, x)),
        (act.tanhshrink(far), far - np.tanh(far)),
        (act.softcap(x, cap=2), 2 * np.tanh(x / 2)),
        (act.sqrt_softplus(x), np.sqrt(np.logaddexp(0, x))),
        (act.scaled_elu(x, alpha=2, gamma=3), 3 * np.where(x < 0, 2 * np.expm1(x), x)),
        (act.scaled_elu(x), act.selu(x)),
        (act.laplace(x, mu=0, sigma=2), special.ndtr(x / 2)),
        (act.snake(x, alpha=2), x + np.sin(2 * x) ** 2 / 2),
    ]:
        np.testing.assert_allclose(got, expected, rtol=1e-13, atol=1e-300)


def test_gradients_against_formulas():
    x, dy = sample(1000, np.float64), sample(1000, np.float64, seed=2)
    root = np.sqrt(np.logaddexp(0, x))
    for got, expected in [
        (act.grad.relu_squared(dy, x), 2 * dy * np.maximum(x, 0)),
        (act.grad.sparse_plus(dy, x), dy * np.clip((x + 1) / 2, 0, 1)),
        (act.grad.tanhshrink(dy, x), dy * np.tanh(x) ** 2),
        (act.grad.softcap(dy, x, cap=40), dy * (1 - (x / 40) ** 2)),
        (act.grad.sqrt_softplus(dy, x), dy * special.expit(x) / (2 * root)),
        (act.grad.scaled_elu(dy, x, alpha=2, gamma=3), 3 * dy * np.where(x < 0, 2 * np.exp(x), 1)),
        (act.grad.laplace(dy, x, mu=0, sigma=2), dy * np.exp(-x * x / 8) / np.sqrt(8 * np.pi)),
        (act.grad.snake(dy, x, alpha=2), dy * (1 + np.sin(4 * x))),
    ]:
        np.testing.assert_allclose(got, expected, rtol=1e-13, atol=1e-14)


@pytest.mark.filterwarnings("ignore:overflow")  # exp of float16
@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", PLAIN)
def test_layouts(name, dtype):
    function = getattr(act, name)
    x = sample((24, 40), dtype)
    y = function(x)
    assert np.array_equal(function(x[::-1, ::3].T), y[::-1, ::3].T)
    assert np.array_equal(function(np.asfortranarray(x)), y)
    big_endian = x.astype(x.dtype.newbyteorder(">"))
    assert np.array_equal(function(big_endian), y)
    unaligned = np.frombuffer(b"\0" + x.tobytes(), dtype, offset=1).reshape(x.shape)
    assert not unaligned.flags.aligned or x.itemsize == 1
    assert np.array_equal(function(unaligned), y)
    fields = np.zeros(100, [("a", np.int8), ("x", dtype)])
    fields["x"] = x.ravel()[:100]
    assert np.array_equal(function(fields["x"]), y.ravel()[:100])
    assert np.array_equal(function(np.broadcast_to(x[0], (5, 40))), np.broadcast_to(y[0], (5, 40)))
    out = np.zeros((48, 40), dtype)[::2]
    assert function(x, out=out) is out and np.array_equal(out, y)
    x.flags.writeable = False
    assert np.array_equal(function(x), y)
    with pytest.raises(ValueError, match="read-only"):
        function(x, out=x)


def test_in_place_and_overlap():
    for shift in (0, 1, 5):
        memory = sample(2000)
        y = act.sigmoid(memory)
        act.sigmoid(memory[: 2000 - shift], out=memory[shift:])
        assert np.array_equal(memory[shift:], y[: 2000 - shift])
    memory = sample(1001)
    y = act.sigmoid(memory)
    act.sigmoid(memory, out=memory[::-1])
    assert np.array_equal(memory[::-1], y)


def test_sizes():
    assert act.sigmoid(np.zeros((0, 3), np.float32)).shape == (0, 3)
    assert act.leaky_relu([]).shape == (0,)
    for n in list(range(1, 70)) + [511, 512, 513, 8192, 8193]:
        x = sample(2 * n)
        assert np.array_equal(act.tanh(x[:n]), act.tanh(x)[:n])
        assert np.array_equal(act.silu(x[::2], 2), act.silu(x, 2)[::2])


def test_scalars_and_types():
    assert type(act.sigmoid(0)) is np.float64 and act.sigmoid(0) == 0.5
    for dtype in TYPES:
        assert act.leaky_relu(dtype(-1)).dtype == dtype
        assert act.leaky_relu(np.array([-1], dtype), 0.5).dtype == dtype
        assert act.sigmoid(np.array(-1, dtype)).dtype == dtype
        assert act.fast.sigmoid(np.array([-1], dtype)).dtype == dtype
    assert act.sigmoid([1, 2], dtype=np.float32).dtype == np.float32
    assert act.leaky_relu([1, 2], dtype=np.float32).dtype == np.float32
    assert act.sigmoid(np.arange(3)).dtype == np.float64
    out = np.zeros(3, np.float32)
    assert act.sigmoid([1.0, 2, 3], out=out) is out
    assert np.array_equal(out, act.sigmoid([1.0, 2, 3]).astype(np.float32))


def test_where():
    x, keep = sample(100), sample(100, seed=2) > 0
    out = np.full(100, 9, np.float32)
    act.sigmoid(x, out=out, where=keep)
    assert np.array_equal(out, np.where(keep, act.sigmoid(x), np.float32(9)))
    out = np.full(100, 9, np.float32)
    act.elu(x, out=out, where=keep)
    assert np.array_equal(out, np.where(keep, act.elu(x), np.float32(9)))


def test_subclasses():
    class Sub(np.ndarray):
        pass

    assert type(act.sigmoid(sample(5).view(Sub))) is Sub
    masked = np.ma.array([1.0, 2.0, 3.0], mask=[0, 1, 0])
    for y in (act.sigmoid(masked), act.leaky_relu(masked)):
        assert isinstance(y, np.ma.MaskedArray) and y.mask.tolist() == [False, True, False]


def test_nan_and_infinities():
    x = [np.nan, np.inf, -np.inf]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for dtype in TYPES:
            assert np.array_equal(act.sigmoid(np.array(x, dtype)), [np.nan, 1, 0], equal_nan=True)
            assert np.array_equal(act.relu(np.array(x, dtype)), [np.nan, np.inf, 0], equal_nan=True)
            for name in PLAIN:
                assert np.isnan(getattr(act, name)(np.full(20, np.nan, dtype))).all()


def test_half_is_correctly_rounded():
    x = np.arange(65536, dtype=np.uint16).view(np.float16)
    x = x[np.isfinite(x)]
    exact = special.expit(x.astype(np.float64)).astype(np.float16)
    assert np.array_equal(act.sigmoid(x), exact)


def test_gradients():
    x = np.linspace(-5, 5, 1001)
    h = 1e-6
    for name in ["sigmoid", "tanh", "relu", "leaky_relu", "silu", "gelu"]:
        function, gradient = getattr(act, name), getattr(act.grad, name)
        given = function(x) if name in ("sigmoid", "tanh") else x
        slope = (function(x + h) - function(x - h)) / (2 * h)
        smooth = np.abs(x) > 1e-3
        np.testing.assert_allclose(gradient(2.0, given)[smooth], 2 * slope[smooth], rtol=1e-6, atol=1e-8)
    f32 = x.astype(np.float32)
    for name in act.grad.__all__:
        if name in ("softmax", "log_softmax", "logsumexp", "softmax_masked", "prelu", "attention_softmax") or "glu" in name:
            continue
        y = getattr(act.grad, name)(np.float32(1), f32)
        assert y.dtype == np.float32 and y.shape == x.shape
    assert act.grad.leaky_relu([1.0], [-1.0], negative_slope=0.5).tolist() == [0.5]
    assert act.grad.elu_from_y(np.float32([1]), np.float32([-0.25]), alpha=0.5).tolist() == [0.25]
    assert act.swiglu_clamped(f32, f32, limit=1.0).max() < 2
    dgate, dup = act.grad.swiglu_beta(f32, f32, f32, beta=1.0, dtype=np.float32)
    assert np.array_equal(dup, act.swiglu(f32, f32))
    given = np.empty_like(f32), np.empty_like(f32)
    assert act.grad.swiglu_beta(f32, f32, f32, beta=1.0, out=given)[1] is given[1]
    assert np.array_equal(given, (dgate, dup))
    dgate, dup = act.grad.swiglu(f32, f32, f32)
    assert np.array_equal(dup, act.swiglu(f32, f32))


def test_gradients_and_gates_in_double():
    """Nothing of float64 goes through float32: the same functions, far more exact."""
    x, dy, up = sample(400, np.float64), sample(400, np.float64, seed=2), sample(400, np.float64, seed=3)
    f32 = [a.astype(np.float32) for a in (dy, x, up)]
    special_names = ("softmax", "log_softmax", "logsumexp", "softmax_masked", "prelu", "attention_softmax")
    tried = 0
    for name in act.grad.__all__:
        function = getattr(act.grad, name)
        if name in special_names:
            continue
        gated = hasattr(act, name) and "glu" in name
        point = getattr(act, name)(x) if name in ("sigmoid", "tanh", "exp", "softcap") else x
        doubles = function(dy, x, up) if gated else [function(dy, point)]
        tried += 1
        singles = function(*f32) if gated else [function(f32[0], point.astype(np.float32))]
        for a, b in zip(doubles, singles):
            assert a.dtype == np.float64 and b.dtype == np.float32
            np.testing.assert_allclose(a, b, rtol=2e-4, atol=1e-4, err_msg=name)
            assert (a != a.astype(np.float32)).any() or name in ("relu", "clip", "hardtanh"), name
    assert tried >= 39, tried
    for gate, f in (("reglu", act.relu), ("glu", act.sigmoid), ("geglu", act.gelu), ("swiglu", act.silu)):
        assert np.array_equal(getattr(act, gate)(x, up), f(x) * up)
    assert np.array_equal(act.prelu(x, up), np.where(x < 0, up * x, x))
    assert np.array_equal(act.grad.prelu(dy, x, up), np.where(x > 0, dy, up * dy))
    rows, keep = x.reshape(20, 20), sample((20, 20), seed=5) > -1
    np.testing.assert_allclose(act.softmax_masked(rows, keep, scale=0.5),
                               special.softmax(np.where(keep, rows * 0.5, -np.inf), axis=-1), rtol=1e-13)
    y = act.log_softmax(rows)
    exact = dy.reshape(20, 20) - np.exp(y) * dy.reshape(20, 20).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(act.grad.log_softmax(dy.reshape(20, 20), y), exact, rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(act.grad.logsumexp(dy[:20], rows), dy[:20, None] * special.softmax(rows, axis=-1), rtol=1e-13)


def test_gated_and_prelu():
    gate, up = sample((6, 50)), sample((6, 50), seed=3)
    assert np.array_equal(act.reglu(gate, up), act.relu(gate) * up)
    assert np.array_equal(act.swiglu(gate, up[0]), act.swiglu(gate, np.broadcast_to(up[0], gate.shape)))
    slope = sample(50, seed=4)
    expected = np.where(gate < 0, slope * gate, gate)
    assert np.array_equal(act.prelu(gate, slope), expected)
    assert np.array_equal(act.prelu(gate, np.float32(0.5)), act.leaky_relu(gate, 0.5))
    # The ufunc's own operands: a slope for each element, reduce() and accumulate().
    assert np.array_equal(act._functions._kernels.leaky_relu(gate, slope.astype(float)), expected)
    x = np.abs(sample(40)) / 4 + np.float32(0.5)  # positive, so that every factor counts
    step = x[0]
    for v in x[1:]:
        step = act.reglu(step, v)
    assert act.reglu.reduce(x) == step
    assert act.reglu.accumulate(x)[-1] == step


@pytest.mark.filterwarnings("ignore:overflow")
def test_errors():
    for call, error, text in [
        (lambda: act.silu([1.0], beta=np.inf), ValueError, "silu: beta must be finite"),
        (lambda: act.silu(np.ones(3, np.float32), beta=1e300), ValueError, "silu: beta must be finite"),
        (lambda: act.celu([1.0], alpha=0), ValueError, "celu: alpha must be finite and not 0"),
        (lambda: act.squareplus([1.0], b=-1), ValueError, "squareplus: b must be"),
        (lambda: act.grad.softplus(np.ones(3, "f4"), np.ones(3, "f4"), beta=0), ValueError, "softplus: beta"),
        (lambda: act.gelu([1.0], approximate="erf"), ValueError, "approximate must be none or tanh"),
        (lambda: act.leaky_relu([1.0], negative_slope=[1, 2]), TypeError, None),
        (lambda: act.sigmoid("text"), TypeError, None),
        (lambda: act.sigmoid([1j]), TypeError, None),
        (lambda: act.sigmoid(np.zeros(3), out=np.zeros(4)), ValueError, None),
        (lambda: act.sigmoid(np.zeros(3), out=np.zeros(3, int)), TypeError, None),
        (lambda: act.set_backend("nonesuch"), ValueError, "set_backend\\('nonesuch'\\)"),
        (lambda: act.set_backend(3), TypeError, None),
    ]:
        with pytest.raises(error, match=text):
            call()
    assert act.silu(1.0) == pytest.approx(0.7310585786300049)  # the error is not left behind


def test_backends():
    x = sample(1000)
    before = act.backend()
    assert before in act.backends() and "scalar" in act.backends()
    try:
        results = []
        for name in act.backends():
            act.set_backend(name)
            assert act.backend() == name
            results.append(act.sigmoid(x).tobytes())
        assert len(set(results)) == 1
        act.set_backend(None)
    finally:
        act.set_backend(before)


def test_documentation_and_names():
    assert act.__version__.count(".") == 2
    for module in (act, act.grad, act.fast, act.fast.grad):
        for name in module.__all__:
            thing = getattr(module, name)
            assert thing.__doc__, name
    assert "1 / (1 + exp(-x))" in act.sigmoid.__doc__ and "1.48 ULP" in act.sigmoid.__doc__
    assert "negative_slope * x" in act.leaky_relu.__doc__
    assert set(act.fast.__all__) - {"grad"} == set(act.__all__) - {
        "backend", "backends", "fast", "grad", "set_backend"}
    assert pickle.loads(pickle.dumps(act.sigmoid)) is act.sigmoid
