#!/usr/bin/env python3
"""Train the digit classifier of this example and write digits.txt and weights.txt.

Usage: python3 train.py            trains and writes both files beside this script
       python3 train.py --folds    cross-validates the settings on the training images only

Needs numpy and scikit-learn.  The seed is fixed and numpy is held to one thread, so the same
versions on the same machine give the same files; another BLAS rounds differently, which gives
other weights of the same quality.
"""

import os

# More threads would sum in another order.  Has to happen before numpy loads its BLAS.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import StratifiedKFold, train_test_split

SEED = 1998
HELD_OUT = 0.3

WIDTHS = (64, 64, 32, 10)
LEAKY_SLOPE = 0.01

EPOCHS = 300
BATCH = 32
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 0.1

SIDE = 8
MAX_PIXEL = 16
# One character per pixel keeps an image on one short line, and still legible.
PIXEL_CODE = "0123456789abcdefg"


def split(labels):
    """Indices of the training and of the held-out images, stratified by label."""
    return train_test_split(
        np.arange(len(labels)), test_size=HELD_OUT, stratify=labels, random_state=SEED
    )


def shifted(images, rng):
    """Half of the images moved by up to one pixel each way; what comes in is empty."""
    count = len(images)
    padded = np.pad(images.reshape(count, SIDE, SIDE), ((0, 0), (1, 1), (1, 1)))
    row, column = np.where(
        rng.random((count, 1, 1)) < 0.5, 1, rng.integers(0, 3, size=(2, count, 1, 1))
    )
    window = np.arange(SIDE)
    which = np.arange(count)[:, None, None]
    return padded[which, row + window[:, None], column + window].reshape(count, -1)


def forward(layers, x):
    """The outputs of all layers, the input first and the probabilities last."""
    (w1, b1), (w2, b2), (w3, b3) = layers
    z1 = x @ w1 + b1
    h1 = np.where(z1 >= 0, z1, LEAKY_SLOPE * z1)
    h2 = 1 / (1 + np.exp(-(h1 @ w2 + b2)))
    z3 = h2 @ w3 + b3
    e = np.exp(z3 - z3.max(axis=1, keepdims=True))
    return x, h1, h2, e / e.sum(axis=1, keepdims=True)


def gradients(layers, x, labels):
    """Gradients of the mean cross-entropy, in the order of `layers`."""
    x, h1, h2, p = forward(layers, x)
    d3 = p.copy()
    d3[np.arange(len(labels)), labels] -= 1
    d3 /= len(labels)
    d2 = (d3 @ layers[2][0].T) * h2 * (1 - h2)
    # A leaky ReLU keeps the sign, so its output tells on which side its input was.
    d1 = (d2 @ layers[1][0].T) * np.where(h1 >= 0, 1, LEAKY_SLOPE)
    return [(a.T @ d, d.sum(axis=0)) for a, d in ((x, d1), (h1, d2), (h2, d3))]


def train(images, labels, seed):
    """Adam with decoupled weight decay and a learning rate that falls to 0 along a cosine."""
    rng = np.random.default_rng(seed)
    layers = [
        # He's scale before a ReLU, Glorot's before the sigmoid and the softmax.
        (rng.normal(0, np.sqrt(2 / (n if k == 0 else n + m)), size=(n, m)), np.zeros(m))
        for k, (n, m) in enumerate(zip(WIDTHS, WIDTHS[1:]))
    ]
    parameters = [p for layer in layers for p in layer]
    mean = [np.zeros_like(p) for p in parameters]
    square = [np.zeros_like(p) for p in parameters]
    steps = EPOCHS * -(-len(images) // BATCH)
    step = 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(images))
        epoch_images = shifted(images[order], rng)
        epoch_labels = labels[order]
        for start in range(0, len(images), BATCH):
            batch = slice(start, start + BATCH)
            pairs = gradients(layers, epoch_images[batch], epoch_labels[batch])
            rate = LEARNING_RATE * (1 + np.cos(np.pi * step / steps)) / 2
            step += 1
            for p, m, s, g in zip(parameters, mean, square, [g for pair in pairs for g in pair]):
                m += 0.1 * (g - m)
                s += 0.001 * (g * g - s)
                # Biases (one dimension) are left out of the decay.
                if p.ndim == 2:
                    p -= rate * WEIGHT_DECAY * p
                p -= rate * (m / (1 - 0.9**step)) / (np.sqrt(s / (1 - 0.999**step)) + 1e-8)
    return layers


def correct(layers, images, labels):
    return int(np.sum(forward(layers, images)[-1].argmax(axis=1) == labels))


def cross_validate(images, labels):
    """What the settings above were chosen by: the held-out images take no part in it."""
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)
    right = 0
    for number, (fit, check) in enumerate(folds.split(images, labels)):
        layers = train(images[fit], labels[fit], SEED + number)
        right += correct(layers, images[check], labels[check])
    print(f"cross-validation: {right}/{len(labels)} = {100 * right / len(labels):.2f} %")


def fnv1a_64(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def write(path, lines):
    """Write lines and, after them, the checksum over all of their bytes."""
    body = "".join(line + "\n" for line in lines).encode("ascii")
    path.write_bytes(body + b"end fnv1a64 %016x\n" % fnv1a_64(body))
    print(f"{path.name}: {path.stat().st_size} bytes")


def digits_lines(pixels, labels, held_out):
    held = np.isin(np.arange(len(labels)), held_out)
    yield "# Generated by `python3 train.py`, do not edit."
    yield "#"
    yield "# The test part of \"Optical Recognition of Handwritten Digits\" by E. Alpaydin and"
    yield "# C. Kaynak (1998), UCI Machine Learning Repository, https://doi.org/10.24432/C50P49,"
    yield "# licence CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), in the order and"
    yield "# with the values of the copy in scikit-learn."
    yield "# Changed: written in another format, with a mark on the images held out of training."
    yield "#"
    yield "# One image a line: its digit, `train` or `held`, and its 8 rows of 8 pixels, one"
    yield "# character each: 0 to 9 and a to g stand for 0 (paper) to 16 (ink)."
    yield f"digits {len(labels)} held {held.sum()}"
    for image, label, is_held in zip(pixels, labels, held):
        code = "".join(PIXEL_CODE[pixel] for pixel in image)
        rows = " ".join(code[k : k + SIDE] for k in range(0, len(code), SIDE))
        yield f"{label} {'held' if is_held else 'train'} {rows}"


def hex_float(value):
    mantissa, exponent = float(value).hex().split("p")
    return f"{mantissa.rstrip('0').rstrip('.')}p{exponent}"


def weights_lines(layers):
    yield "# Generated by `python3 train.py`, do not edit."
    yield "#"
    yield "# Weights of the digit classifier, trained by train.py on the `train` images of"
    yield "# digits.txt, which says where they come from (CC BY 4.0).  Activations of the layers:"
    yield f"# leaky ReLU (slope {LEAKY_SLOPE}), sigmoid, softmax."
    yield "#"
    yield "# A line for the biases of a layer, then one for each of its inputs with the weights"
    yield "# to all outputs; hexadecimal floats, which any machine reads back to the last bit."
    for number, (weight, bias) in enumerate(layers, 1):
        yield f"layer {number} inputs {weight.shape[0]} outputs {weight.shape[1]}"
        yield " ".join(["bias", *map(hex_float, bias)])
        for i, row in enumerate(weight):
            yield " ".join(["input", str(i), *map(hex_float, row)])


def main():
    pixels, labels = load_digits(return_X_y=True)
    pixels = pixels.astype(int)
    assert pixels.shape == (1797, SIDE * SIDE) and 0 <= pixels.min() and pixels.max() == MAX_PIXEL
    images = pixels / MAX_PIXEL
    fit, held_out = split(labels)

    if sys.argv[1:] == ["--folds"]:
        cross_validate(images[fit], labels[fit])
        return
    if sys.argv[1:]:
        sys.exit("usage: train.py [--folds]")

    layers = [
        (weight.astype(np.float32), bias.astype(np.float32))
        for weight, bias in train(images[fit], labels[fit], SEED)
    ]
    for name, part in (("training", fit), ("held-out", held_out)):
        right = correct(layers, images[part], labels[part])
        print(f"{name} images: {right}/{len(part)} = {100 * right / len(part):.2f} %")

    here = Path(__file__).resolve().parent
    write(here / "digits.txt", digits_lines(pixels, labels, held_out))
    write(here / "weights.txt", weights_lines(layers))


if __name__ == "__main__":
    main()
