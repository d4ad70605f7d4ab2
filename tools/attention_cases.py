#!/usr/bin/env python3
"""Makes tests/attention_cases.def: rows of attention as ggml and ONNX define them.

Prints the table.  Each case is stated by the parameters of its origin; the results follow from the
origin's formula, in decimals of 50 digits, and not from libact.  Beside them are the options of
act_attention_softmax that should give the same.  Needs nothing but Python.

    tools/attention_cases.py > tests/attention_cases.def

ggml, ggml_soft_max_ext(a, mask, scale, max_bias) and ggml_soft_max_add_sinks, as in
ggml_compute_forward_soft_max_f32 (ggml/src/ggml-cpu/ops.cpp):

    z = scale a + slope(head) mask,  y = exp(z - max) / (sum of exp(z - max) + exp(sink - max))
    n = the largest power of two that is not above the number of heads
    slope(h) = 2^(-max_bias / n) ^ (h + 1)                       for h < n
               2^(-max_bias / 2 / n) ^ (2 (h - n) + 1)           for the other heads
    slope = 1 without max_bias;  the mask, f32 or f16, has a row for each query, for all heads, or
    for each query and head

ONNX, Attention, opset 24 with the softcap before the mask, for the scores of q k^T (onnx.ai,
operators/onnx__Attention.html):

    z = softcap tanh(scale a / softcap) + bias,  y = softmax(z)
    bias = attn_mask, or -inf where a boolean mask is false; and -inf where is_causal excludes:
    column > query + length of the past;  beyond nonpad_kv_seqlen of the batch there is nothing
"""
import decimal
import math
import random
import struct
from decimal import Decimal

decimal.getcontext().prec = 50
LOWEST = -3.4028234663852886e38


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def softmax(row, sink):
    """exp(z - max) over its sum; None is -inf."""
    there = [z for z in row if z is not None] + ([sink] if sink is not None else [])
    top = max(there)
    total = sum((z - top).exp() for z in there)
    return [Decimal(0) if z is None else (z - top).exp() / total for z in row]


def tanh(x):
    e = (2 * x).exp()
    return (e - 1) / (e + 1)


def sum_of(*terms):
    return None if None in terms else sum(terms)


def exact(x):
    return None if x == -math.inf else Decimal(x)


def alibi_slope(max_bias, heads, h):
    n = 1 << (heads.bit_length() - 1)
    exponent = -max_bias / n * (h + 1) if h < n else -max_bias / 2 / n * (2 * (h - n) + 1)
    return f32(2.0**exponent) if max_bias > 0 else 1.0


def literal(x):
    if x in (-math.inf, LOWEST):
        return "-INFINITY" if x == -math.inf else "-FLT_MAX"
    text = f"{float(x):.9g}"
    return text + ("F" if "." in text or "e" in text else ".0F")


def listed(name, items):
    if items is None:
        return "NONE"
    lines, line = [], "    " + name + "("
    for i, item in enumerate(items):
        item += "," if i + 1 < len(items) else ")"
        if len(line) + len(item) > 98:
            lines.append(line.rstrip())
            line = "        "
        line += item + " "
    return "\n".join(lines + [line.rstrip()])


def case(name, shape, options, src, results, furthest, mask=None, mask_type="f32", **arrays):
    """One entry of the table."""
    heads, queries, cols = shape
    if mask is not None and mask_type == "f16":
        halves = (struct.unpack("<H", struct.pack("<e", m))[0] for m in mask)
        mask = listed("HALVES", [f"0x{h:04x}" for h in halves])
        options = [".mask_type = ACT_MASK_F16"] + options
    elif mask is not None:
        mask = listed("FLOATS", [literal(m) for m in mask])
    options = [f".rows_per_head = {queries}"] + options
    floats = [[literal(x) for x in arrays[k]] if k in arrays else None for k in ("slopes", "sinks")]
    valid = [str(n) for n in arrays["valid"]] if "valid" in arrays else None
    fields = [
        f"CASE({name}, {heads * queries}, {cols}, {furthest:.3g}",
        listed("OPTIONS", options),
        listed("FLOATS", [literal(x) for x in src]),
        mask or "    NONE",
        *(listed("FLOATS", f) if f else "    NONE" for f in floats),
        listed("COUNTS", valid) if valid else "    NONE",
        listed("DOUBLES", [f"{float(y):.10g}" for y in results]) + ")",
    ]
    print(",\n".join(fields))


def scores(seed, n, width):
    """Numbers that take little room, and are floats."""
    source = random.Random(seed)
    return [round(source.uniform(-width, width) * 64) / 64 for _ in range(n)]


def furthest_of(rows):
    return max(abs(z) for row in rows for z in row if z is not None)


def ggml(name, shape, scale, max_bias=0.0, mask=None, mask_type="f32", mask_heads=1, sinks=None):
    heads, queries, cols = shape
    scale, src = f32(scale), scores(name, heads * queries * cols, 12)
    rows, results = [], []
    for r in range(heads * queries):
        h, q = divmod(r, queries)
        slope = Decimal(alibi_slope(max_bias, heads, h))
        row = []
        for c in range(cols):
            term = Decimal(0)
            if mask:
                m = exact(mask[((h % mask_heads) * queries + q) * cols + c])
                term = None if m is None else slope * m
            row.append(sum_of(Decimal(scale) * Decimal(src[r * cols + c]), term))
        rows.append(row)
        results += softmax(row, Decimal(sinks[h]) if sinks else None)
    options, arrays = [f".scale = {literal(scale)}"], {}
    if mask:
        options += [f".mask_stride = {cols}", f".mask_rows = {queries * mask_heads}"]
    if mask and max_bias > 0:
        arrays["slopes"] = [alibi_slope(max_bias, heads, h) for h in range(heads)]
    if sinks:
        arrays["sinks"] = sinks
    case("ggml_" + name, shape, options, src, results, furthest_of(rows), mask, mask_type, **arrays)


def onnx(name, shape, scale, softcap=0.0, attn_mask=None, boolean=None, is_causal=False, past=0,
         nonpad_kv_seqlen=None):
    batches, queries, cols = shape
    scale, src = f32(scale), scores(name, batches * queries * cols, 12)
    rows, results = [], []
    for r in range(batches * queries):
        b, q = divmod(r, queries)
        row = []
        for c in range(cols):
            z = Decimal(scale) * Decimal(src[r * cols + c])
            if softcap:
                z = Decimal(softcap) * tanh(z / Decimal(softcap))
            bias = exact(attn_mask[q * cols + c]) if attn_mask else Decimal(0)
            if (boolean and not boolean[q * cols + c]) or (is_causal and c > q + past):
                bias = None
            if nonpad_kv_seqlen and c >= nonpad_kv_seqlen[b]:
                bias = None
            row.append(sum_of(z, bias))
        rows.append(row)
        results += softmax(row, None)
    options, arrays = [f".scale = {literal(scale)}"], {}
    if softcap:
        options.append(f".softcap = {literal(softcap)}")
    if is_causal:
        options += [".causal = 1", f".causal_offset = {past}"]
    mask = [0.0 if there else -math.inf for there in boolean] if boolean else attn_mask
    if mask:
        options += [f".mask_stride = {cols}", f".mask_rows = {queries}"]
    if mask and min(mask) == LOWEST:
        options.append(".mask_lowest = -FLT_MAX")
    if nonpad_kv_seqlen:
        arrays["valid"] = [nonpad_kv_seqlen[r // queries] for r in range(batches * queries)]
    case("onnx_" + name, shape, options, src, results, furthest_of(rows), mask, **arrays)


def causal_mask(queries, cols, past, inside=lambda q, c: 0.0, outside=-math.inf):
    return [
        inside(q, c) if c <= q + past else outside for q in range(queries) for c in range(cols)
    ]


def main():
    print("/* Generated: tools/attention_cases.py > tests/attention_cases.def */")
    print("/* CASE(name, rows, cols, largest |z|, options, src, mask, slopes, sinks, valid, results) */")
    distance = lambda past: lambda q, c: -float(abs(q + past - c))
    ggml("scale", (2, 2, 17), 0.30151134)
    ggml("mask_f32", (2, 3, 11), 0.125, mask=causal_mask(3, 11, 8))
    ggml("mask_f16", (2, 3, 19), 0.125, mask=causal_mask(3, 19, 16), mask_type="f16")
    ggml("mask_f16_per_head", (4, 2, 9), 0.5, mask_heads=2, mask_type="f16",
         mask=scores("bias", 4 * 9, 4))
    ggml("alibi_8_heads", (8, 2, 9), 0.25, max_bias=8.0, mask=causal_mask(2, 9, 7, distance(7)))
    ggml("alibi_12_heads_f16", (12, 1, 18), 0.25, max_bias=8.0, mask_type="f16",
         mask=causal_mask(1, 18, 17, distance(17)))
    ggml("alibi_other_bias", (6, 1, 13), 0.25, max_bias=6.0, mask=causal_mask(1, 13, 12, distance(12)))
    ggml("sinks", (4, 2, 7), 0.35355338, sinks=[0.5, -3.0, 4.25, 1.0])
    ggml("sinks_mask_f16", (3, 3, 12), 0.125, mask=causal_mask(3, 12, 9), mask_type="f16",
         sinks=[0.0, 2.5, -20.0])
    ggml("sinks_alibi", (3, 2, 16), 0.125, max_bias=8.0, mask=causal_mask(2, 16, 14, distance(14)),
         sinks=[1.5, -1.0, 0.25])
    ggml("row_of_one", (1, 3, 5), 1.0, mask=causal_mask(3, 5, 0))
    onnx("scale", (2, 3, 8), 0.35355338)
    onnx("softcap", (2, 2, 17), 0.5, softcap=5.0)
    onnx("causal", (2, 6, 6), 0.25, is_causal=True)
    onnx("causal_past", (2, 3, 20), 0.25, is_causal=True, past=17)
    onnx("causal_wide", (1, 4, 9), 0.25, is_causal=True)
    onnx("attn_mask", (2, 3, 10), 0.25, attn_mask=scores("added", 30, 3))
    onnx("boolean_mask", (2, 3, 10), 0.25, boolean=[i % 3 != 1 for i in range(30)])
    onnx("boolean_mask_causal", (1, 5, 5), 0.25, boolean=[i % 4 != 2 for i in range(25)],
         is_causal=True)
    onnx("softcap_mask_causal", (2, 4, 12), 0.5, softcap=4.0, attn_mask=scores("capped", 48, 3),
         is_causal=True, past=8)
    onnx("softcap_lowest", (1, 3, 9), 0.5, softcap=30.0,
         attn_mask=causal_mask(3, 9, 6, outside=LOWEST))
    onnx("nonpad_kv_seqlen", (3, 2, 18), 0.25, nonpad_kv_seqlen=[18, 5, 16])
    onnx("nonpad_causal", (2, 4, 11), 0.25, is_causal=True, past=4, nonpad_kv_seqlen=[6, 11])


main()
