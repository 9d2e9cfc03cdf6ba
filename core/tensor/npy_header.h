// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/graph/dtype.h>
#include <core/graph/shape.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nordlys::core {

/// What the header of a .npy file says.
struct NpyHeader {
    DType dtype = DType::Undefined;
    bool bigEndian = false;
    bool fortranOrder = false;
    Dims dims;
    std::size_t dataOffset = 0; ///< of the first element in the file
};

/// Parses magic, version and the Python dict literal of numpy.lib.format without evaluating anything: only the three keys,
/// strings, True, False and tuples of non-negative integers are accepted. BadInput says what is wrong, NotSupported names a dtype
/// without counterpart. `what` names the file in errors.
Expected<NpyHeader> parseNpyHeader(std::span<const std::byte> file, const std::string &what);

/// "<f4" and so on; empty where NumPy has no such type.
std::string npyDescriptor(DType dtype);

} // namespace nordlys::core
