// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host_tensor.h"

#include <cstddef>
#include <span>
#include <string>

namespace nordlys::core {

/// Reads the bytes of one ONNX TensorProto message. `what` names them in errors: BadInput when they are damaged or do not fit the shape that they
/// state, NotSupported for strings and for data that lie elsewhere. Allocates in proportion to the message only.
Expected<HostTensor> parseTensorProto(std::span<const std::byte> message, const std::string &what);

} // namespace nordlys::core
