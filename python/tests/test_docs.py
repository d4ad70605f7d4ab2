"""The examples of the documentation, and what the benchmark compares."""
import doctest
import re
from pathlib import Path

import numpy as np
import pytest

import actkernels as act
from actkernels import bench

ROOT = Path(__file__).parents[2]


def run(text, name, **names):
    """How many examples the text has; all must give what it says."""
    test = doctest.DocTestParser().get_doctest(text, names, name, name, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    report = []
    runner.run(test, out=report.append)
    assert runner.failures == 0, "".join(report)
    return runner.tries


@pytest.mark.parametrize("page, least", [("docs/python.md", 20), ("python/README.md", 2)])
def test_pages(page, least):
    blocks = re.findall(r"^```pycon\n(.*?)^```$", (ROOT / page).read_text(), re.S | re.M)
    assert run("\n".join(blocks), page) >= least


def test_docstrings():
    assert run(act.__doc__, "actkernels") >= 5
    tried = 0
    for module in (act, act.fast):
        for name in module.__all__:
            thing = getattr(module, name)
            tried += run(thing.__doc__, f"{module.__name__}.{name}", **{name: thing})
    assert tried >= 12


def test_the_benchmark_compares_the_same(monkeypatch):
    """Every contender gives the same numbers; and the tables are printed."""
    for kind in (bench.elementwise, bench.along):
        for case in bench.cases(kind):
            ours, other = case.ours(), case.other()
            assert ours.dtype == other.dtype and ours.shape == other.shape
            for y in [ours] + ([case.fast()] if case.fast else []):
                np.testing.assert_allclose(y, other, rtol=1e-3, atol=1e-5, err_msg=case.what)
    monkeypatch.setattr(bench, "shortest", lambda calls, rounds: [2.0, 1.0, 4.0][:len(calls)])
    bench.markdown(1)
    assert bench.table(1) == 12  # each that has a least ratio
