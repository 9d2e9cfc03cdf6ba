// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>

namespace nordlys::core {

/// A model file that is not ONNX, recognised by its content: NotSupported naming the format and how to get to ONNX. Nothing when the
/// bytes are ONNX or nothing that we know.
std::optional<Error> recogniseForeignFormat(const std::filesystem::path &path, std::span<const std::byte> bytes);
/// The same for a folder (TensorFlow SavedModel, Core ML package).
std::optional<Error> recogniseForeignFolder(const std::filesystem::path &path);

} // namespace nordlys::core
