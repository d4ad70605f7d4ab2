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
        if mask.dtype == bool:
            mask = np.where(mask, np.float32(0), np.float32(-np.inf))
        return kernel(x, mask.astype(np.float32, copy=False), float(scale), float(empty == "zero"), out=out)

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


default = SimpleNamespace(
    softmax=_rows(_kernels.softmax, "softmax(x)"),
    log_softmax=_rows(_kernels.log_softmax, "log_softmax(x)"),
    logsumexp=_logsumexp(_kernels.logsumexp),
    softmax_masked=_masked(_kernels.softmax_masked),
    prelu=_kernels.prelu,
)
fast = SimpleNamespace(
    softmax=_rows(_kernels.softmax_fast, "softmax(x)"),
    log_softmax=_rows(_kernels.log_softmax_fast, "log_softmax(x)"),
    logsumexp=default.logsumexp,
    softmax_masked=_masked(_kernels.softmax_masked_fast),
    prelu=_kernels.prelu,
)
grad = SimpleNamespace(
    softmax=_pair(_kernels.softmax_grad, "dy", "y"),
    log_softmax=_pair(_kernels.log_softmax_grad, "dy", "y"),
    logsumexp=_logsumexp_grad,
    softmax_masked=_masked_grad,
    prelu=_kernels.prelu_grad,
)
fast_grad = grad
