"""The functions along an axis, for each tier, and their gradients."""
from types import SimpleNamespace

import numpy as np

from . import _kernels


def _like(arrays):
    """An array for the result: NumPy's own would have the axis last in memory."""
    first = arrays[0]
    if all(
        isinstance(a, np.ndarray) and a.shape == first.shape and a.dtype == first.dtype and a.dtype.char in "efd"
        for a in arrays
    ):
        return np.empty_like(first)
    return None


def _along(function, arrays, axis, out=None):
    """function along an axis, several axes, or all of them (None), of arrays of one shape."""
    if isinstance(axis, (int, np.integer)):
        if out is None and axis != -1:
            out = _like(arrays)
        return function(*arrays, axis=axis, out=out)
    arrays = np.broadcast_arrays(*arrays, subok=True)
    shape = arrays[0].shape
    axes = tuple(range(len(shape))) if axis is None else tuple(axis)
    last = tuple(range(-len(axes), 0))
    moved = [np.moveaxis(a, axes, last) for a in arrays]
    kept = moved[0].shape[: len(shape) - len(axes)]
    size = 1
    for a in axes:
        size *= shape[a]
    result = function(*[m.reshape(*kept, size) for m in moved])
    result = np.moveaxis(result.reshape(moved[0].shape), last, axes)
    if out is None:
        return result
    out[...] = result
    return out


def _rows(kernel, text):
    name = text.partition("(")[0]

    def function(x, /, axis=-1, out=None):
        if isinstance(x, np.ma.MaskedArray):
            result = _along(kernel, [x.filled(-np.inf)], axis, out)
            return np.ma.array(result, mask=np.ma.getmaskarray(x), copy=False)
        return _along(kernel, [x], axis, out)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = (
        f"{kernel.__doc__.partition(chr(10) * 2)[2]}\n\nAlong one axis, several, or all (None).  A"
        " masked element counts as -inf."
    )
    return function


def _logsumexp(kernel):
    def logsumexp(x, /, axis=-1, keepdims=False, out=None):
        if isinstance(x, np.ma.MaskedArray):
            x = x.filled(-np.inf)
        if isinstance(axis, (int, np.integer)):
            return kernel(x, axis=axis, keepdims=keepdims, out=out)
        x = np.asanyarray(x)
        axes = tuple(range(x.ndim)) if axis is None else tuple(axis)
        axes = tuple(np.core.numeric.normalize_axis_tuple(axes, x.ndim))
        moved = np.moveaxis(x, axes, range(-len(axes), 0))
        kept = moved.shape[: x.ndim - len(axes)]
        result = kernel(moved.reshape(*kept, -1) if x.size else moved.reshape(*kept, 0), out=out)
        if keepdims:
            return np.expand_dims(result, axes)
        return result

    logsumexp.__doc__ = kernel.__doc__.partition("\n\n")[2]
    return logsumexp


def _masked(kernel):
    def softmax_masked(x, mask=None, /, scale=1.0, empty="nan", out=None):
        if empty not in ("nan", "zero"):
            raise ValueError(f"softmax_masked: empty must be nan or zero, not {empty!r}")
        if mask is None:
            mask = np.zeros(np.shape(x)[-1:], np.float32)
        mask = np.asarray(mask)
        x = np.asanyarray(x)
        if mask.dtype == bool:
            mask = np.where(mask, np.float32(0), np.float32(-np.inf))
        double = np.result_type(x.dtype, np.float16) == np.float64
        return kernel(x, mask.astype(np.float64 if double else np.float32, copy=False), float(scale), float(empty == "zero"), out=out)

    softmax_masked.__doc__ = (
        kernel.__doc__.partition("\n\n")[2]
        + "\n\nAlong the last axis.  A mask of bool keeps what is True; empty is 'nan' or 'zero'."
    )
    return softmax_masked


def _pair(kernel, first, second):
    def function(a, b, /, axis=-1, out=None):
        return _along(kernel, [a, b], axis, out)

    function.__name__ = function.__qualname__ = kernel.__name__.replace("_grad", "")
    function.__doc__ = f"({first}, {second}) along an axis\n\n" + kernel.__doc__.partition("\n\n")[2]
    return function


def _logsumexp_grad(dy, x, /, axis=-1, keepdims=False, out=None):
    """dy softmax(x) along an axis; keepdims as in the call of logsumexp."""
    if keepdims:
        dy = np.squeeze(dy, axis)
    axes = [(), (axis,), (axis,)]
    return _kernels.logsumexp_grad(dy, x, axes=axes, out=out)


def _masked_grad(dy, y, /, scale=1.0, out=None):
    """scale times the gradient of softmax along the last axis."""
    return _kernels.softmax_masked_grad(dy, y, float(scale), out=out)


def _float32_per_head(name, values, heads):
    """One float32 per head of every batch, or None."""
    if values is None:
        return None
    try:
        return np.ascontiguousarray(np.broadcast_to(np.asarray(values, np.float32), heads)).reshape(-1)
    except ValueError:
        raise ValueError(f"attention_softmax: {name} of shape {np.shape(values)} for heads {heads}") from None


def _rows_of_mask(mask, shape):
    """The mask without gaps, how many rows it has, and their stride: 0 for one row for all."""
    mask = np.asarray(mask)
    if mask.dtype == bool:
        mask = np.where(mask, np.float32(0), np.float32(-np.inf))
    elif mask.dtype != np.float16:
        mask = mask.astype(np.float32, casting="same_kind", copy=False)
    fits = len(shape) >= mask.ndim and all(m in (1, n) for m, n in zip(mask.shape[::-1], shape[::-1]))
    if not fits:
        raise ValueError(f"attention_softmax: a mask of shape {mask.shape} for scores {shape}")
    while mask.ndim > 1 and mask.shape[0] == 1:
        mask = mask[0]
    whole = shape[len(shape) - mask.ndim:]
    mask = np.ascontiguousarray(np.broadcast_to(mask, whole if mask.ndim else shape[-1:]))
    if mask.ndim <= 1:
        return mask, 0, 0
    return mask, int(np.prod(mask.shape[:-1])), shape[-1]


def _attention(kind, out, scores, dy, scale, softcap, mask, slopes, sinks, valid, causal, offset, empty):
    x = scores.filled(-np.inf) if isinstance(scores, np.ma.MaskedArray) else np.asarray(scores)
    types = (np.float32,) if dy is not None else (np.float16, np.float32)
    if x.dtype not in types:
        raise TypeError(f"attention_softmax: {' or '.join(t.__name__ for t in types)}, not {x.dtype}")
    if x.ndim < 1:
        raise ValueError("attention_softmax: the scores need an axis of keys")
    if empty not in ("nan", "zero"):
        raise ValueError(f"attention_softmax: empty must be nan or zero, not {empty!r}")
    if offset < 0:
        raise ValueError(f"attention_softmax: offset must not be below 0, not {offset}")
    shape, heads = x.shape, x.shape[:-2]
    if out is not None and (not isinstance(out, np.ndarray) or out.shape != shape or out.dtype != x.dtype):
        raise ValueError(f"attention_softmax: out must be an array of {x.dtype} of shape {shape}")
    if out is not None and not out.flags.writeable:
        raise ValueError("attention_softmax: out is read-only")
    mask, mask_rows, mask_stride = (None, 0, 0) if mask is None else _rows_of_mask(mask, shape)
    slopes, sinks = _float32_per_head("slopes", slopes, heads), _float32_per_head("sinks", sinks, heads)
    if valid is not None:
        valid = np.asarray(valid)
        if valid.dtype.kind not in "iu" or (valid < 0).any():
            raise ValueError("attention_softmax: valid must be integers not below 0")
        valid = np.ascontiguousarray(np.broadcast_to(valid.astype(np.uintp), shape[:-1])).reshape(-1)
    if dy is not None:
        dy = np.ascontiguousarray(np.broadcast_to(np.asarray(dy, np.float32), shape))
    # libact takes rows without gaps, and results that overlap no operand but in the same place.
    contiguous = np.require(x, x.dtype.newbyteorder("="), "CA")
    result = out
    others = [a for a in (contiguous, mask, slopes, sinks, valid, dy) if a is not None]
    if (out is None or not out.flags.c_contiguous or not out.flags.aligned or not out.dtype.isnative
            or any(a is not out and np.may_share_memory(a, out) for a in others)):
        result = np.empty(shape, contiguous.dtype)
    _kernels.attention(kind, result, contiguous, dy, mask, slopes, sinks, valid, shape[-2] if len(shape) > 1 else 1,
                       mask_rows, mask_stride, scale, softcap, causal, offset, empty == "zero")
    if out is None or out is result:
        return result
    out[...] = result
    return out


def _attention_softmax(tier):
    def attention_softmax(scores, /, *, scale=1.0, softcap=0.0, mask=None, slopes=None, sinks=None, valid=None,
                          causal=False, offset=0, empty="nan", out=None):
        """attention_softmax(scores, *, scale=1.0, ...): softmax of attention's scores over the keys, the last axis

        softmax of z = scale * scores, then softcap * tanh(z / softcap), then z + slope * mask.

        scores   float32 or float16, of shape (..., heads, queries, keys), or (queries, keys), or (keys,)
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

        Error      float32 at most 4e-7 relative to the exact result for what z is in float32; the fast tier
                   at most 5.5e-6 if z lies in [-100, 100]; float16 within 0.501 ULP
        Errors     TypeError for another type, ValueError for shapes and options outside their range
        Definition ONNX Attention, PyTorch scaled_dot_product_attention, ggml soft_max_ext
        """
        return _attention(tier, out, scores, None, scale, softcap, mask, slopes, sinks, valid, causal, offset, empty)

    return attention_softmax


def _attention_softmax_grad(dy, y, /, *, scale=1.0, valid=None, causal=False, offset=0, out=None):
    """scale times the gradient of softmax from the result y of attention_softmax, float32, with its valid keys

    Not of a softcap, whose gradient needs the scores.
    """
    return _attention("gradient", out, y, dy, scale, 0.0, None, None, None, valid, causal, offset, "nan")


default = SimpleNamespace(
    softmax=_rows(_kernels.softmax, "softmax(x)"),
    log_softmax=_rows(_kernels.log_softmax, "log_softmax(x)"),
    logsumexp=_logsumexp(_kernels.logsumexp),
    softmax_masked=_masked(_kernels.softmax_masked),
    prelu=_kernels.prelu,
    attention_softmax=_attention_softmax("default"),
    hardmax=_rows(_kernels.hardmax, "hardmax(x)"),
    sparsemax=_rows(_kernels.sparsemax, "sparsemax(x)"),
)
fast = SimpleNamespace(
    softmax=_rows(_kernels.softmax_fast, "softmax(x)"),
    log_softmax=_rows(_kernels.log_softmax_fast, "log_softmax(x)"),
    logsumexp=default.logsumexp,
    softmax_masked=_masked(_kernels.softmax_masked_fast),
    prelu=_kernels.prelu,
    attention_softmax=_attention_softmax("fast"),
    hardmax=default.hardmax,
    sparsemax=default.sparsemax,
)
grad = SimpleNamespace(
    softmax=_pair(_kernels.softmax_grad, "dy", "y"),
    log_softmax=_pair(_kernels.log_softmax_grad, "dy", "y"),
    logsumexp=_logsumexp_grad,
    softmax_masked=_masked_grad,
    prelu=_kernels.prelu_grad,
    attention_softmax=_attention_softmax_grad,
)
fast_grad = grad
