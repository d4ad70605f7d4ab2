"""softmax and its kin, along any axis."""
import numpy as np
import pytest
from scipy import special

import actkernels as act

TYPES = [np.float16, np.float32, np.float64]


def sample(shape, dtype=np.float32, seed=1):
    return (np.random.default_rng(seed).standard_normal(shape) * 3).astype(dtype)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("shape, axis", [
    ((7,), 0), ((5, 9), -1), ((5, 9), 0), ((100, 33), 0), ((3, 40, 17), 1), ((3, 40, 17), 0), ((3, 40, 17), -1),
    ((2, 3, 4, 5), (1, 3)), ((3, 4), None), ((1, 1), 0), ((64, 64), 0), ((4, 0), 0), ((0, 4), 1)])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_against_scipy(name, shape, axis, dtype):
    x = sample(shape, dtype)
    exact = getattr(special, name)(x.astype(np.float64), axis=axis) if x.size else np.zeros(shape)
    atol = 1e-14 if dtype == np.float64 else 1e-6  # SciPy's log_softmax cancels near 0
    for tier in (act, act.fast):
        y = getattr(tier, name)(x, axis=axis)
        assert y.dtype == dtype and y.shape == shape
        np.testing.assert_allclose(y.astype(float), exact, rtol=16 * np.finfo(dtype).eps, atol=atol)
    out = np.zeros_like(x)
    assert getattr(act, name)(x, axis=axis, out=out) is out
    assert np.array_equal(out, getattr(act, name)(x, axis=axis))


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [-1, 0, 1, None, (0, 2)])
def test_logsumexp(axis, keepdims, dtype):
    x = sample((4, 5, 6), dtype)
    y = act.logsumexp(x, axis=axis, keepdims=keepdims)
    exact = special.logsumexp(x.astype(np.float64), axis=axis, keepdims=keepdims)
    assert y.dtype == dtype and np.shape(y) == np.shape(exact)
    np.testing.assert_allclose(y.astype(float), exact, rtol=8 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", TYPES)
def test_layouts_have_the_same_bits(dtype):
    x = sample((37, 50), dtype)
    y = act.softmax(x)
    assert np.array_equal(act.softmax(x.T, axis=0).T, y)
    assert np.array_equal(act.softmax(np.asfortranarray(x)), y)
    assert np.array_equal(act.softmax(x[::-1]), y[::-1])
    assert np.array_equal(act.softmax(x[::2]), y[::2])
    assert act.softmax(x, axis=0).flags.c_contiguous
    wide = np.zeros((37, 100), dtype)
    wide[:, ::2] = x
    assert np.array_equal(act.softmax(wide[:, ::2]), y)
    assert np.array_equal(act.softmax(np.broadcast_to(x[0], (4, 50))), np.broadcast_to(y[0], (4, 50)))
    assert np.array_equal(act.softmax(x, out=x), y) and np.array_equal(x, y)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp"])
def test_columns_have_the_bits_of_rows(name, dtype):
    """Side by side, with gaps, backwards, and into every layout of the result; wide and long ones."""
    function = getattr(act, name)
    for rows, cols in ((1, 5), (9, 1), (33, 70), (300, 17), (5, 2000), (2, 40000), (700, 1100)):
        x = sample((rows, cols), dtype)
        y = function(np.ascontiguousarray(x.T)).T
        assert np.array_equal(function(x, axis=0), y)
        for view, expected in ((x[:, 1:], y[..., 1:]), (x[:, ::2], y[..., ::2]), (x[:, ::-1], y[..., ::-1]),
                               (np.asfortranarray(x), y), (np.stack([x, x]), np.stack([y, y]))):
            assert np.array_equal(function(view, axis=-2), expected)
            out = np.full(tuple(2 * n for n in expected.shape), 7, dtype)
            target = out[tuple(slice(None, None, 2) for _ in expected.shape)]
            assert function(view, axis=-2, out=target) is target
            assert np.array_equal(target, expected)
            assert (out[..., 1::2] == 7).all()


def test_special_values():
    x = np.array([[1, -np.inf, 2], [np.nan, 0, 0], [-np.inf] * 3, [np.inf, 0, 0]], np.float32)
    y = act.softmax(x)
    assert y[0, 1] == 0 and np.isnan(y[1:]).all()
    assert np.array_equal(act.softmax(x.T, axis=0).T, y, equal_nan=True)
    assert act.logsumexp(np.zeros((2, 0))).tolist() == [-np.inf, -np.inf]
    masked = np.ma.array([1.0, 5.0, 2.0], mask=[0, 1, 0])
    y = act.softmax(masked)
    assert y.mask.tolist() == [False, True, False]
    np.testing.assert_allclose(y.compressed(), special.softmax([1.0, 2.0]))
    np.testing.assert_allclose(act.logsumexp(masked), special.logsumexp([1.0, 2.0]))
    assert act.softmax([1.0, 2, 3]).dtype == np.float64


def test_masked():
    x, keep = sample((6, 20)), sample((6, 20), seed=2) > -2
    bias = np.where(keep, 0, -np.inf).astype(np.float32)
    expected = act.softmax(x * np.float32(0.5) + bias)
    np.testing.assert_allclose(act.softmax_masked(x, keep, scale=0.5), expected, rtol=1e-6, atol=1e-30)
    np.testing.assert_allclose(act.softmax_masked(x, bias, scale=0.5), expected, rtol=1e-6, atol=1e-30)
    assert np.array_equal(act.softmax_masked(x), act.softmax(x))
    assert np.array_equal(act.softmax_masked(x, keep[0]), act.softmax_masked(x, np.broadcast_to(keep[0], x.shape)))
    nothing = np.zeros(20, bool)
    assert np.isnan(act.softmax_masked(x, nothing)).all()
    assert (act.softmax_masked(x, nothing, empty="zero") == 0).all()
    with pytest.raises(ValueError, match="empty must be"):
        act.softmax_masked(x, empty="one")


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_gradients(axis):
    x, dy = sample((4, 5, 6)), sample((4, 5, 6), seed=2)
    y = act.softmax(x, axis=axis)
    exact = y * (dy - (dy * y).sum(axis=axis, keepdims=True))
    np.testing.assert_allclose(act.grad.softmax(dy, y, axis=axis), exact, rtol=1e-4, atol=1e-6)
    y = act.log_softmax(x, axis=axis)
    exact = dy - np.exp(y) * dy.sum(axis=axis, keepdims=True)
    np.testing.assert_allclose(act.grad.log_softmax(dy, y, axis=axis), exact, rtol=1e-4, atol=1e-6)
    s = dy.sum(axis=axis)
    exact = np.expand_dims(s, axis) * act.softmax(x, axis=axis)
    np.testing.assert_allclose(act.grad.logsumexp(s, x, axis=axis), exact, rtol=1e-5, atol=1e-7)


def attention(x, scale=1.0, softcap=0.0, mask=None, slope=1.0, sink=-np.inf, keep=None):
    """The formula in double, of float32 or float16 scores."""
    z = x.astype(np.float64) * scale
    if softcap:
        z = softcap * np.tanh(z / softcap)
    if mask is not None:
        z = z + np.where(np.isneginf(mask), -np.inf, slope * np.where(np.isneginf(mask), 0, mask))
    if keep is not None:
        z = np.where(keep, z, -np.inf)
    most = np.maximum(z.max(axis=-1, keepdims=True), sink)
    e = np.exp(z - most)
    return e / (e.sum(axis=-1, keepdims=True) + np.exp(sink - most))


@pytest.mark.parametrize("dtype", TYPES)
def test_attention(dtype):
    batch, heads, queries, keys = 2, 3, 5, 40
    x = sample((batch, heads, queries, keys), dtype)
    bias = sample((queries, keys), seed=2)
    bias[sample(bias.shape, seed=3) > 3] = -np.inf
    slopes, sinks = np.array([0.5, 0.25, 0.125]), np.array([1.0, -2.0, 0.5])
    valid = np.random.default_rng(4).integers(1, keys + 9, (batch, 1, queries))
    causal = np.arange(keys) <= np.arange(queries)[:, None] + 7
    per_head = (slice(None), None, None)
    cases = [
        (dict(), {}), (dict(scale=0.125), dict(scale=0.125)), (dict(softcap=5.0, scale=2.0), dict(softcap=5.0, scale=2.0)),
        (dict(mask=bias), dict(mask=bias)), (dict(mask=bias[0]), dict(mask=bias[0])),
        (dict(mask=bias.astype(np.float16)), dict(mask=bias.astype(np.float16).astype(float))),
        (dict(mask=bias > 0), dict(keep=bias > 0)),
        (dict(mask=np.stack([bias, bias + 1, -bias ** 2])), dict(mask=np.stack([bias, bias + 1, -bias ** 2]))),
        (dict(mask=np.stack([bias, bias * 2])[:, None]), dict(mask=np.stack([bias, bias * 2])[:, None])),
        (dict(mask=bias, slopes=slopes), dict(mask=bias, slope=slopes[per_head])),
        (dict(sinks=sinks), dict(sink=sinks[per_head])), (dict(valid=7), dict(keep=np.arange(keys) < 7)),
        (dict(valid=valid), dict(keep=np.arange(keys) < valid[..., None])),
        (dict(causal=True, offset=7), dict(keep=causal)),
        (dict(causal=True, offset=7, valid=9), dict(keep=causal & (np.arange(keys) < 9))),
    ]
    for ours, theirs in cases:
        exact = attention(x, **theirs)
        for tier, rtol in ((act, 2e-6), (act.fast, 1e-5)):  # z is rounded to float32
            y = tier.attention_softmax(x, **ours)
            assert y.dtype == dtype and y.shape == x.shape
            rtol = {np.float16: 6e-4, np.float32: rtol, np.float64: 1e-12}[dtype]
            np.testing.assert_allclose(y.astype(float), exact, rtol=rtol, atol=1e-7 if dtype != np.float64 else 1e-300)
        # Layouts and results.
        expected = act.attention_softmax(x, **ours)
        assert np.array_equal(act.attention_softmax(np.asfortranarray(x), **ours), expected)
        wide = np.zeros(x.shape[:-1] + (2 * keys,), dtype)
        wide[..., ::2] = x
        assert np.array_equal(act.attention_softmax(wide[..., ::2], **ours), expected)
        out = wide[..., ::2]
        assert act.attention_softmax(out, out=out, **ours) is out and np.array_equal(out, expected)
        again = x.copy()
        assert act.attention_softmax(again, out=again, **ours) is again and np.array_equal(again, expected)
    assert np.array_equal(act.attention_softmax(x[0, 0, 0]), act.attention_softmax(x)[0, 0, 0])
    nothing = np.zeros(keys, bool)
    assert np.isnan(act.attention_softmax(x, mask=nothing)).all()
    assert (act.attention_softmax(x, mask=nothing, empty="zero") == 0).all()
    assert act.attention_softmax(x[:, :, :0]).shape == (batch, heads, 0, keys)


def test_attention_gradient():
    x, dy = sample((3, 5, 40)), sample((3, 5, 40), seed=2)
    y = act.attention_softmax(x, scale=0.5, causal=True, offset=4)
    exact = 0.5 * y * (dy - (dy * y).sum(axis=-1, keepdims=True))
    got = act.grad.attention_softmax(dy, y, scale=0.5, causal=True, offset=4)
    np.testing.assert_allclose(got, exact, rtol=1e-4, atol=1e-6)
    halves = dy.astype(np.float16), y.astype(np.float16)
    singles = [a.astype(np.float32) for a in halves]
    for options in (dict(), dict(causal=True, offset=4, valid=[[20], [9], [40]])):
        expected = act.grad.attention_softmax(*singles, **options)
        assert np.array_equal(act.grad.attention_softmax(*halves, **options), expected.astype(np.float16))
        doubles = act.grad.attention_softmax(*[a.astype(np.float64) for a in halves], **options)
        assert doubles.dtype == np.float64
        np.testing.assert_allclose(doubles, expected, rtol=1e-5, atol=1e-6)


def test_attention_errors():
    x = sample((2, 3, 8))
    read_only = x.copy()
    read_only.flags.writeable = False
    for options, error, text in [
        (dict(scale=np.inf), ValueError, "scale must be finite"), (dict(softcap=-1.0), ValueError, "softcap"),
        (dict(mask=np.zeros((4, 8))), ValueError, "mask of shape"), (dict(mask=np.zeros((3, 1, 3, 8))), ValueError, "mask"),
        (dict(slopes=[1, 2, 3]), ValueError, "slopes of shape"), (dict(sinks=[1, 2, 3]), ValueError, "sinks"),
        (dict(valid=-1), ValueError, "valid"), (dict(valid=1.5), ValueError, "valid"), (dict(offset=-1), ValueError, "offset"),
        (dict(empty="one"), ValueError, "empty must be"), (dict(out=np.zeros((3, 8), "f4")), ValueError, "out has shape"),
            (dict(out=np.zeros((2, 3, 8), int)), TypeError, "Cannot cast"), (dict(out=3), TypeError, "out must be an array"),
        (dict(out=read_only), ValueError, "read-only"), (dict(mask=np.zeros(8, complex)), TypeError, None),
        (dict(scale="x"), TypeError, None), (dict(nonsense=1), TypeError, "nonsense")]:
        for dtype in TYPES:
            with pytest.raises(error, match=text):
                act.attention_softmax(x.astype(dtype), **options)
    for scores in (x.astype(np.longdouble), x.astype(complex), np.zeros((2, 3), object), "text"):
        with pytest.raises(TypeError, match="float16, float32 or float64"):
            act.attention_softmax(scores)
    with pytest.raises(ValueError, match="axis of keys"):
        act.attention_softmax(np.float32(1))
    assert np.array_equal(act.attention_softmax(read_only), act.attention_softmax(x))


def test_errors():
    axis_error = getattr(np, "exceptions", np).AxisError
    for axis in (2, -3, (0, 2)):
        for function in (act.softmax, act.hardmax, act.softmin, act.logsumexp):
            with pytest.raises(axis_error):
                function(np.zeros((2, 3)), axis=axis)
    with pytest.raises(TypeError):
        act.softmax(np.zeros((2, 3), complex))
    with pytest.raises(ValueError):
        act.softmax(1.0)
    with pytest.raises(ValueError):
        act.softmax(np.zeros((2, 3)), out=np.zeros((3, 2)))


def test_hardmax_and_sparsemax():
    x = np.float32([[1, 3, 3], [0.2, 0.1, 0.25]])
    assert np.array_equal(act.hardmax(x), [[0, 1, 0], [0, 0, 1]])
    assert np.allclose(act.sparsemax(x), [[0, 0.5, 0.5], x[1] + (1 - x[1].sum()) / 3], rtol=1e-6)
    for function in act.hardmax, act.sparsemax:
        y = function(np.ascontiguousarray(x.T), axis=0)
        assert np.array_equal(y.T, function(x)) and np.all(y.sum(axis=0) == 1)
