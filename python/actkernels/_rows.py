"""The functions along an axis, for each tier, and their gradients."""
import math
import operator
from types import SimpleNamespace

import numpy as np

from . import _kernels

# Its place since NumPy 1.25, and the only one in NumPy 2.
AxisError = getattr(np, "exceptions", np).AxisError


def _one_axis(axis):
    """The number of one axis; None for several."""
    try:
        return operator.index(axis)
    except TypeError:
        return None


def _axes(axis, dimensions):
    """The axes, counted from 0, that a number, several numbers or None name."""
    if axis is None:
        return tuple(range(dimensions))
    axes = tuple(operator.index(a) for a in (axis if np.iterable(axis) else (axis,)))
    for a in axes:
        if not -dimensions <= a < dimensions:
            raise AxisError(a, dimensions)
    axes = tuple(a % dimensions for a in axes)
    if len(set(axes)) != len(axes):
        raise ValueError("duplicate value in 'axis'")
    return axes


def _with_last(x, axes):
    """x with these axes as one, the last one."""
    x = np.moveaxis(x, axes, range(-len(axes), 0))
    kept = x.shape[: x.ndim - len(axes)]
    return x.reshape(*kept, math.prod(x.shape[len(kept):]))


def _back(x, shape, axes):
    """The array of this shape of which _with_last(array, axes) is x."""
    kept = [n for a, n in enumerate(shape) if a not in axes]
    return np.moveaxis(x.reshape(kept + [shape[a] for a in axes]), range(-len(axes), 0), axes)


def _float_type(*types):
    """The type in which NumPy computes: float64 of integers but the small ones."""
    return np.result_type(np.float16, *types)


def _like(arrays, dtype):
    """An array for the result: NumPy's own would have the axis last in memory."""
    if not all(isinstance(a, np.ndarray) and a.shape == arrays[0].shape for a in arrays):
        return None
    dtype = _float_type(*(a.dtype for a in arrays)) if dtype is None else np.dtype(dtype)
    return np.empty_like(arrays[0], dtype=dtype) if dtype.char in "efd" else None


def _given(result, out):
    """result, as a ufunc returns it, or out with its values."""
    if isinstance(out, tuple) and len(out) == 1:
        out = out[0]
    if out is None:
        return result[()] if type(result) is np.ndarray else result
    if not isinstance(out, np.ndarray):
        raise TypeError("out must be an array")
    if out.shape != np.shape(result):
        raise ValueError(f"out has shape {out.shape}, the result {np.shape(result)}")
    np.copyto(out, result, casting="same_kind")
    return out


def _as(array, result):
    """result, of the class that array has, as NumPy's functions return it."""
    return result if type(array) is np.ndarray else array.__array_wrap__(result)


def _unmasked(x, nothing=-np.inf):
    """x, where a masked element counts as -inf, or another number without a part in the result."""
    if not isinstance(x, np.ma.MaskedArray):
        return x
    return x.astype(_float_type(x.dtype), copy=False).filled(nothing)


def _masked_as(x, result, out):
    """result, masked where x is."""
    if not isinstance(x, np.ma.MaskedArray):
        return result
    mask = np.array(np.ma.getmaskarray(x))
    if out is None:
        return np.ma.array(result, mask=mask, copy=False)
    if isinstance(result, np.ma.MaskedArray):
        result.mask = mask
    return result


def _along(kernel, arrays, axis, out, dtype):
    """kernel along an axis, several axes, or all of them (None), of arrays of one shape."""
    one = _one_axis(axis)
    if one is not None:
        if out is None and one != -1:
            out = _like(arrays, dtype)
        return kernel(*arrays, axis=one, out=out, dtype=dtype)
    arrays = [np.asanyarray(a) for a in arrays]
    whole = np.broadcast_arrays(*arrays)
    shape = whole[0].shape
    axes = _axes(axis, len(shape))
    result = _back(kernel(*[_with_last(a, axes) for a in whole], dtype=dtype), shape, axes)
    return _given(_as(arrays[0], result) if out is None else result, out)


def _text(kernel):
    """The text of a ufunc without the line of its signature."""
    return kernel.__doc__.partition("\n\n")[2]


def _named(function, name, text, module):
    """function as help() shows it, and where pickle finds it: in actkernels or a module of it."""
    function.__name__ = function.__qualname__ = name
    function.__module__ = "actkernels" + module
    function.__doc__ = text
    return function


# Of 1, 2, 3.
_EXAMPLES = {
    "softmax": "0.09 , 0.245, 0.665",
    "softmin": "0.665, 0.245, 0.09 ",
    "log_softmax": "-2.408, -1.408, -0.408",
    "hardmax": "0., 0., 1.",
    "sparsemax": "0., 0., 1.",
}


def _rows(name, kernel, text, module="", nothing=-np.inf):
    def function(x, /, axis=-1, out=None, *, dtype=None):
        return _masked_as(x, _along(kernel, [_unmasked(x, nothing)], axis, out, dtype), out)

    text += (f"\n\nAlong one axis, several, or all (None).  A masked element counts as {nothing}.\n\n"
             f">>> {name}([[1.0, 2.0, 3.0]]).round(3)\narray([[{_EXAMPLES[name]}]])\n")
    return _named(function, name, text, module)


_SOFTMIN = """softmin(x) = softmax(-x)

Error, shapes and types are those of softmax.
Definition PyTorch softmin."""


def _softmin(softmax):
    def kernel(x, **options):
        x = np.asanyarray(x)
        return softmax(np.negative(x.astype(_float_type(x.dtype), copy=False)), **options)

    return kernel


def _in_double(kernel, formula):
    """kernel, and in float64, which libact does not have of it, the formula along the last axis."""

    def function(x, axis=-1, out=None, dtype=None):
        x = np.asanyarray(x)
        if (_float_type(x.dtype) if dtype is None else np.dtype(dtype)) != np.float64:
            return kernel(x, axis=axis, out=out, dtype=dtype)
        axes = _axes(axis, x.ndim)
        rows = _with_last(np.asarray(x).astype(np.float64, casting="same_kind", copy=False), axes)
        with np.errstate(invalid="ignore"):
            result = _back(formula(rows) if rows.size else rows, x.shape, axes)
        return _given(_as(x, result) if out is None else result, out)

    return kernel if "d->d" in kernel.types else function


def _with_double(name, kernel, formula):
    function = _in_double(kernel, formula)
    by_numpy = "" if function is kernel else "\nIn float64, which libact does not have of it, NumPy computes the formula."
    return _rows(name, function, _text(kernel) + by_numpy)


def _hardmax(x):
    first = np.argmax(x, axis=-1)[..., np.newaxis]
    y = (np.arange(x.shape[-1]) == first).astype(np.float64)
    return np.where(np.isnan(x).any(axis=-1, keepdims=True), np.nan, y)


def _sparsemax(x):
    top = x.max(axis=-1, keepdims=True)
    # What is more than 1 below the largest element has no part in the sum.
    z = np.maximum(x - top, -2.0)
    falling = np.flip(np.sort(z, axis=-1), axis=-1)
    sums = np.cumsum(falling, axis=-1) - 1
    count = np.arange(1, x.shape[-1] + 1)
    support = np.maximum((count * falling > sums).sum(axis=-1, keepdims=True), 1)
    tau = np.take_along_axis(sums, support - 1, axis=-1) / support
    return np.where(np.isfinite(top), np.maximum(z - tau, 0.0), np.nan)


def _logsumexp(kernel):
    def logsumexp(x, /, axis=-1, keepdims=False, out=None, *, dtype=None):
        x = _unmasked(x)
        one = _one_axis(axis)
        if one is not None:
            return kernel(x, axis=one, keepdims=bool(keepdims), out=out, dtype=dtype)
        x = np.asanyarray(x)
        axes = _axes(axis, x.ndim)
        result = kernel(_with_last(np.asarray(x), axes), dtype=dtype)
        result = np.expand_dims(result, axes) if keepdims else np.asarray(result)
        return _given(_as(x, result) if out is None else result, out)

    return _named(logsumexp, "logsumexp", _text(kernel), "")


def _masked(kernel, module=""):
    def softmax_masked(x, mask=None, /, scale=1.0, empty="nan", out=None):
        if empty not in ("nan", "zero"):
            raise ValueError(f"softmax_masked: empty must be nan or zero, not {empty!r}")
        masked, x = x, np.asanyarray(_unmasked(x))
        mask = np.zeros(x.shape[-1:], np.float32) if mask is None else np.asarray(mask)
        if mask.dtype == bool:
            mask = np.where(mask, np.float32(0), np.float32(-np.inf))
        mask = mask.astype(np.float64 if _float_type(x.dtype) == np.float64 else np.float32, casting="same_kind", copy=False)
        result = kernel(x, mask, _kernels.number(scale), float(empty == "zero"), out=out)
        return _masked_as(masked, result, out)

    text = _text(kernel) + "\n\nAlong the last axis.  A mask of bool keeps what is True; empty is 'nan' or 'zero'."
    return _named(softmax_masked, "softmax_masked", text, module)


def _pair(kernel, first, second):
    def function(a, b, /, axis=-1, out=None, *, dtype=None):
        return _along(kernel, [a, b], axis, out, dtype)

    name = kernel.__name__.replace("_grad", "")
    return _named(function, name, f"({first}, {second}) along an axis\n\n{_text(kernel)}", ".grad")


def _logsumexp_grad(dy, x, /, axis=-1, keepdims=False, out=None):
    """dy softmax(x) along one axis, several, or all (None); keepdims as in the call of logsumexp."""
    x = np.asanyarray(x)
    axes = _axes(axis, x.ndim)
    if keepdims:
        dy = np.squeeze(dy, axes)
    if len(axes) == 1:
        return _kernels.logsumexp_grad(dy, x, axes=[(), axes, axes], out=out)
    result = _back(_kernels.logsumexp_grad(dy, _with_last(np.asarray(x), axes)), x.shape, axes)
    return _given(_as(x, result) if out is None else result, out)


def _masked_grad(dy, y, /, scale=1.0, out=None):
    """scale times the gradient of softmax along the last axis."""
    return _kernels.softmax_masked_grad(dy, y, _kernels.number(scale), out=out)


def _per_head(name, values, heads, dtype):
    """One number per head of every batch, or None."""
    if values is None:
        return None
    try:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(values, dtype), heads)).reshape(-1)
    except ValueError:
        raise ValueError(f"attention_softmax: {name} of shape {np.shape(values)} for heads {heads}") from None


def _rows_of_mask(mask, shape, dtype):
    """The mask without gaps, of float16 or dtype, how many rows it has, and their stride: 0 for one row for all."""
    mask = np.asarray(mask)
    if mask.dtype == bool:
        mask = np.where(mask, dtype(0), dtype(-np.inf))
    elif mask.dtype != np.float16:
        mask = mask.astype(dtype, casting="same_kind", copy=False)
    fits = len(shape) >= mask.ndim and all(m in (1, n) for m, n in zip(mask.shape[::-1], shape[::-1]))
    if not fits:
        raise ValueError(f"attention_softmax: a mask of shape {mask.shape} for scores {shape}")
    while mask.ndim > 1 and mask.shape[0] == 1:
        mask = mask[0]
    whole = shape[len(shape) - mask.ndim:]
    mask = np.ascontiguousarray(np.broadcast_to(mask, whole if mask.ndim else shape[-1:]))
    if mask.ndim <= 1:
        return mask, 0, 0
    return mask, math.prod(mask.shape[:-1]), shape[-1]


def _attention_in_double(x, dy, scale, softcap, mask, slopes, sinks, valid, causal, offset, zeros):
    """The formula in float64, of which libact has the softmax alone."""
    whole = x.reshape(math.prod(x.shape[:-2]), *x.shape[-2:]) if x.ndim > 1 else x.reshape(1, 1, -1)
    queries, keys = whole.shape[1:]
    kept = np.ones(whole.shape, bool)
    if valid is not None:
        kept &= np.arange(keys) < valid.reshape(whole.shape[:-1] + (1,))
    if causal:
        kept &= np.arange(keys) <= np.arange(queries)[:, np.newaxis] + offset
    with np.errstate(invalid="ignore", over="ignore"):
        if dy is not None:
            dy = dy.reshape(whole.shape)
            total = np.where(kept, dy * whole, 0.0).sum(axis=-1, keepdims=True)
            return np.where(kept, scale * whole * (dy - total), 0.0).reshape(x.shape)
        z = scale * whole
        if softcap:
            z = softcap * np.tanh(z / softcap)
        if mask is not None:
            mask = np.broadcast_to(mask, x.shape).reshape(whole.shape)
            z = z + (mask if slopes is None else slopes[:, np.newaxis, np.newaxis] * mask)
        z = np.where(kept, z, -np.inf)
        if sinks is not None:
            z = np.concatenate([z, np.broadcast_to(sinks[:, np.newaxis, np.newaxis], z.shape[:-1] + (1,))], axis=-1)
        y = np.where(kept, _kernels.softmax(z)[..., :keys], 0.0)
        nothing = (z == -np.inf).all(axis=-1, keepdims=True)
        return np.where(nothing, 0.0 if zeros else np.nan, y).reshape(x.shape)


def _attention(kind, out, scores, dy, scale, softcap, mask, slopes, sinks, valid, causal, offset, empty):
    scores = _unmasked(scores)
    x = np.asarray(scores)
    dtype = _float_type(x.dtype)
    if dtype.char not in "efd":
        raise TypeError(f"attention_softmax: float16, float32 or float64, not {x.dtype}")
    if x.ndim < 1:
        raise ValueError("attention_softmax: the scores need an axis of keys")
    if empty not in ("nan", "zero"):
        raise ValueError(f"attention_softmax: empty must be nan or zero, not {empty!r}")
    offset = operator.index(offset)
    if offset < 0:
        raise ValueError(f"attention_softmax: offset must not be below 0, not {offset}")
    shape, heads = x.shape, x.shape[:-2]
    # The gradient has no half type: it is computed in float32 and rounded.
    computed = np.dtype(np.float32) if dtype == np.float16 and dy is not None else dtype
    other = np.float64 if computed == np.float64 else np.float32
    mask, mask_rows, mask_stride = (None, 0, 0) if mask is None else _rows_of_mask(mask, shape, other)
    slopes, sinks = _per_head("slopes", slopes, heads, other), _per_head("sinks", sinks, heads, other)
    if valid is not None:
        valid = np.asarray(valid)
        if valid.dtype.kind not in "iu" or (valid < 0).any():
            raise ValueError("attention_softmax: valid must be integers not below 0")
        valid = np.ascontiguousarray(np.broadcast_to(valid.astype(np.uintp), shape[:-1])).reshape(-1)
    if dy is not None:
        dy = np.ascontiguousarray(np.broadcast_to(np.asarray(dy, other), shape))
    if computed == np.float64:
        scale, softcap = _kernels.number(scale), _kernels.number(softcap)
        if not (math.isfinite(scale) and 0 <= softcap < math.inf):
            raise ValueError("attention_softmax: scale must be finite, softcap finite and not below 0")
        x = x.astype(np.float64, copy=False)
        result = _attention_in_double(x, dy, scale, softcap, mask, slopes, sinks, valid, causal, offset, empty == "zero")
        return _given(_as(np.asanyarray(scores), result) if out is None else result, out)
    # libact takes rows without gaps, and results that overlap no operand but in the same place.
    dense = np.require(x, computed, "CA")
    others = [a for a in (dense, mask, slopes, sinks, valid, dy) if a is not None]
    target = out[0] if isinstance(out, tuple) and len(out) == 1 else out
    in_place = (isinstance(target, np.ndarray) and target.shape == shape and target.dtype == computed
                and target.flags.carray and target.dtype.isnative
                and not any(a is not target and np.may_share_memory(a, target) for a in others))
    result = target if in_place else np.empty(shape, computed)
    _kernels.attention(kind, result, dense, dy, mask, slopes, sinks, valid, shape[-2] if len(shape) > 1 else 1,
                       mask_rows, mask_stride, scale, softcap, causal, offset, empty == "zero")
    if in_place:
        return target
    result = result.astype(dtype, copy=False)
    return _given(_as(np.asanyarray(scores), result) if out is None else result, out)


def _attention_softmax(tier, module=""):
    def attention_softmax(scores, /, *, scale=1.0, softcap=0.0, mask=None, slopes=None, sinks=None, valid=None,
                          causal=False, offset=0, empty="nan", out=None):
        """attention_softmax(scores, *, scale=1.0, ...): softmax of attention's scores over the keys, the last axis

        softmax of z = scale * scores, then softcap * tanh(z / softcap), then z + slope * mask.

        scores   float16, float32 or float64, of shape (..., heads, queries, keys), or (queries, keys), or (keys,)
        scale    finite
        softcap  0 for none
        mask     bool, which keeps what is True, or numbers that are added; broadcast to the scores
        slopes   one per head (ALiBi): the mask is multiplied by it
        sinks    one per head: one more score in the sum, without a result
        valid    how many keys each query has, from the first one on; broadcast to scores.shape[:-1]
        causal   whether query q has the keys 0 to offset + q alone; with valid, the smaller number counts
        empty    what a row without keys gives: "nan" or "zero"
        out      where the result goes; may be the scores

        The keys that a query does not have give 0 and cost nothing.

        >>> attention_softmax([[0.0, 0.0], [0.0, 0.0]], causal=True)
        array([[1. , 0. ],
               [0.5, 0.5]])

        Error      float32 at most 4e-7 relative to the exact result for what z is in float32; the fast tier
                   at most 5.5e-6 if z lies in [-100, 100]; float16 within 0.501 ULP; in float64 NumPy
                   computes z, and the error is that of z and of softmax
        Errors     TypeError for another type, ValueError for shapes and options outside their range
        Definition ONNX Attention, PyTorch scaled_dot_product_attention, ggml soft_max_ext
        """
        y = _attention(tier, out, scores, None, scale, softcap, mask, slopes, sinks, valid, causal, offset, empty)
        return _masked_as(scores, y, out)

    return _named(attention_softmax, "attention_softmax", attention_softmax.__doc__, module)


def _attention_softmax_grad(dy, y, /, *, scale=1.0, valid=None, causal=False, offset=0, out=None):
    """scale times the gradient of softmax from the result y of attention_softmax, with its valid keys

    Not of a softcap, whose gradient needs the scores.
    """
    return _attention("gradient", out, y, dy, scale, 0.0, None, None, None, valid, causal, offset, "nan")


def _tier(fast, module):
    """The functions of one tier.  Those that libact has in one tier alone are the same in both."""
    suffix = "_fast" if fast else ""

    def kernel(name):
        return getattr(_kernels, name + suffix)

    softmax = kernel("softmax")
    return SimpleNamespace(
        softmax=_rows("softmax", softmax, _text(softmax), module),
        softmin=_rows("softmin", _softmin(softmax), _SOFTMIN, module, np.inf),
        log_softmax=_rows("log_softmax", kernel("log_softmax"), _text(kernel("log_softmax")), module),
        softmax_masked=_masked(kernel("softmax_masked"), module),
        attention_softmax=_attention_softmax("fast" if fast else "default", module),
        **_SINGLE,
    )


_SINGLE = {
    "logsumexp": _logsumexp(_kernels.logsumexp),
    "prelu": _kernels.prelu,
    "hardmax": _with_double("hardmax", _kernels.hardmax, _hardmax),
    "sparsemax": _with_double("sparsemax", _kernels.sparsemax, _sparsemax),
}
default = _tier(False, "")
fast = _tier(True, ".fast")
grad = SimpleNamespace(
    softmax=_pair(_kernels.softmax_grad, "dy", "y"),
    log_softmax=_pair(_kernels.log_softmax_grad, "dy", "y"),
    logsumexp=_named(_logsumexp_grad, "logsumexp", _logsumexp_grad.__doc__, ".grad"),
    softmax_masked=_named(_masked_grad, "softmax_masked", _masked_grad.__doc__, ".grad"),
    prelu=_kernels.prelu_grad,
    attention_softmax=_named(_attention_softmax_grad, "attention_softmax", _attention_softmax_grad.__doc__, ".grad"),
)
fast_grad = grad
