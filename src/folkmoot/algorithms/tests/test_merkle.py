"""The tree over an edition's passages."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkmoot.algorithms import merkle

leaves = st.lists(st.binary(max_size=8).map(merkle.leaf), min_size=1, max_size=40)


@given(leaves, st.data())
def test_every_leaf_proves_itself(hashes: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(hashes) - 1))
    steps = merkle.path(hashes, index)
    assert merkle.root_from(hashes[index], index, len(hashes), steps) == merkle.root(hashes)


@given(leaves, st.data())
def test_another_leaf_does_not(hashes: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(hashes) - 1))
    steps = merkle.path(hashes, index)
    other = merkle.leaf(b"something else entirely")
    assert merkle.root_from(other, index, len(hashes), steps) != merkle.root(hashes)


@given(leaves, st.data())
def test_order_matters(hashes: list[bytes], data: st.DataObject) -> None:
    first, second = data.draw(st.tuples(*[st.integers(0, len(hashes) - 1)] * 2))
    swapped = list(hashes)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    assert (merkle.root(swapped) == merkle.root(hashes)) == (swapped == hashes)


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert merkle.root([]) == hashlib.sha256(b"").digest()


def test_a_path_of_the_wrong_length_is_refused() -> None:
    hashes = [merkle.leaf(bytes([n])) for n in range(5)]
    with pytest.raises(ValueError, match="short"):
        merkle.root_from(hashes[0], 0, 5, [])
    with pytest.raises(ValueError, match="long"):
        merkle.root_from(hashes[0], 0, 1, [hashes[1]])
