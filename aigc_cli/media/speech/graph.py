"""Shows an inner tensor of an ONNX model as one more output, without the `onnx` package.

Protobuf merges a message that is appended to another, so that a few bytes after the file add to its list of outputs.
"""

from __future__ import annotations

FLOAT = 1


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def _field(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def output_bytes(tensor: str, element: int = FLOAT) -> bytes:
    """Bytes to append to a model so that `tensor` becomes its last output (onnx.proto: ModelProto.graph = 7, output = 12)."""
    tensor_type = _varint(1 << 3) + _varint(element)
    value_info = _field(1, tensor.encode()) + _field(2, _field(1, tensor_type))
    return _field(7, _field(12, value_info))
