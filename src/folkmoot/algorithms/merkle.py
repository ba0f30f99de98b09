"""A Merkle tree (RFC 6962, section 2.1) over the passages of an edition.

One root names them all; the path of one passage proves that it stands in the edition without the
others being at hand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf(data: bytes) -> bytes:
    """The hash of one leaf, 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in order, 32 bytes; of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = _split(len(leaves))
    return _node(root(leaves[:split]), root(leaves[split:]))


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that, with leaf `index`, give the root; the one nearest the leaf first."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"There is no leaf {index} among {len(leaves)}.")
    if len(leaves) == 1:
        return []
    split = _split(len(leaves))
    if index < split:
        return [*path(leaves[:split], index), root(leaves[split:])]
    return [*path(leaves[split:], index - split), root(leaves[:split])]


def root_from(found: bytes, index: int, count: int, steps: Sequence[bytes]) -> bytes:
    """The root that a leaf hash and its path lead to. `ValueError` when the path cannot fit."""
    if count == 1:
        if steps:
            raise ValueError("The path is too long.")
        return found
    if not steps:
        raise ValueError("The path is too short.")
    split = _split(count)
    if index < split:
        return _node(root_from(found, index, split, steps[:-1]), steps[-1])
    return _node(steps[-1], root_from(found, index - split, count - split, steps[:-1]))


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
