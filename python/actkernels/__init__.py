"""
Activation functions on NumPy arrays, by libact: sigmoid, ReLU, softmax and their kin.

    >>> import actkernels as act
    >>> x = act.sigmoid([1.0, -10, 0, 15, -2])
    >>> x.round(1)
    array([0.7, 0. , 0.5, 1. , 0.1])
    >>> y = act.softmax([x, x], axis=0)
    >>> y = act.fast.gelu(x, approximate="tanh")      # the fast tier, within a stated bound
    >>> dx = act.grad.sigmoid(1.0, x)                 # dy times the derivative

A function without parameters is a ufunc.  The others take them by keyword, with PyTorch's names and
defaults, and pass out=, where=, dtype= and so on to a ufunc.  The result is float16, float32 or
float64, as the array is; integers and lists give float64.
"""
from . import fast, grad
from ._functions import *
from ._functions import __all__ as _names
from ._kernels import backend, backends, set_backend
from ._kernels import version as __version__

__all__ = [*_names, "backend", "backends", "fast", "grad", "set_backend"]
