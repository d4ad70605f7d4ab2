#!/usr/bin/env python3
"""
The sigmoid function in Python, and its successors: with lists, NumPy, SciPy and this package.

    tutorial.py [FOLDER]     prints the tables, and draws the pictures into FOLDER

docs/python.md shows both.
"""
import math
import sys

import numpy as np

import actkernels as act


def sigmoid_of_a_number(x):
    """As a tutorial writes it: math.exp overflows at x = -710."""
    return 1 / (1 + math.exp(-x))


def tables():
    x = [1.0, -10, 0, 15, -2]
    print("x           ", " ".join(f"{v:6.1f}" for v in x))
    print("math        ", " ".join(f"{sigmoid_of_a_number(v):6.1f}" for v in x))
    for name in ("sigmoid", "relu", "leaky_relu"):
        print(f"{name:12}", " ".join(f"{v:6.1f}" for v in getattr(act, name)(x)))
    print("softmax     ", " ".join(f"{v:6.4f}" for v in act.softmax(x)))

    print("\nThe tails: what is left of the sigmoid")
    for v in (-20.0, -700.0, -720.0):
        try:
            naive = f"{sigmoid_of_a_number(v):.3e}"
        except OverflowError:
            naive = "OverflowError"
        print(f"  x = {v:6.0f}   math {naive:>14}   actkernels {act.sigmoid(v):.3e}")

    print("\nThe gradient through ten layers, from 1, where x = 2.5 in each")
    for name in ("sigmoid", "relu", "leaky_relu"):
        print(f"  {name:12}" + through_layers(name, 2.5))
    print("and where x = -2.5")
    for name in ("sigmoid", "relu", "leaky_relu"):
        print(f"  {name:12}" + through_layers(name, -2.5))


def derivative(name, x):
    """grad.sigmoid takes the output, the others the input."""
    given = act.sigmoid(x) if name == "sigmoid" else x
    return getattr(act.grad, name)(np.ones_like(x), given)


def through_layers(name, x, layers=10):
    dy = np.array([1.0])
    for _ in range(layers):
        dy = dy * derivative(name, np.array([x]))
    return f" {dy[0]:.3e}"


def pictures(folder):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    x = np.linspace(-10, 10, 801)
    names = {"sigmoid": "sigmoid", "relu": "ReLU", "leaky_relu": "leaky ReLU, slope 0.01"}
    for name, title in names.items():
        figure, (left, right) = plt.subplots(1, 2, figsize=(7, 2.6), dpi=80, constrained_layout=True)
        left.plot(x, getattr(act, name)(x))
        left.set_title(title)
        right.plot(x, derivative(name, x), color="C1")
        right.set_title("its gradient")
        for axes in (left, right):
            axes.grid(alpha=0.4)
            axes.set_xlabel("x")
        save(figure, f"{folder}/{name}.png")
    figure, axes = plt.subplots(figsize=(7, 3), dpi=80, constrained_layout=True)
    for name, title in names.items():
        axes.plot(x, derivative(name, x), label=title)
    axes.set_title("Gradients: that of the sigmoid vanishes on both sides")
    axes.set_xlabel("x")
    axes.grid(alpha=0.4)
    axes.legend(loc="center right")
    save(figure, f"{folder}/gradients.png")


def save(figure, path):
    figure.savefig(path, metadata={"Software": None})


if __name__ == "__main__":
    tables()
    if len(sys.argv) > 1:
        pictures(sys.argv[1])
