// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "value.h"

#include <core/base/error.h>
#include <core/graph/graph.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace nordlys::runtime {

/// Reads a TensorProto, SequenceProto or OptionalProto from a file of its own (.pb), as the ONNX backend tests store values. The file does not say
/// which of them it holds: `kind` does, the one that the graph states for the value. An optional without a value gives Nothing, one with a value
/// that value. The element type of a sequence is that of its first tensor, Undefined when it has none (the file does not hold it). BadInput when the
/// message is damaged or holds another kind; NotSupported for strings, sparse tensors and maps.
core::Expected<Value> readValueProto(const std::filesystem::path &path, core::ValueKind kind);
/// The same from bytes; `what` names them in errors.
core::Expected<Value> parseValueProto(std::span<const std::byte> message, core::ValueKind kind, const std::string &what);

} // namespace nordlys::runtime
