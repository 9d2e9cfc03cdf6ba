// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace nordlys::core {

/// What raiseOpset asks of its caller.
struct OpsetHelp {
    std::function<std::optional<std::int64_t>(const std::string &value)> rankOf;
    std::function<std::string(const std::string &wanted)> freeName; ///< for a new initializer
};

int opsetOf(const onnx::ModelProto &model); ///< of ai.onnx; 0: not imported

/// The nodes of the model, bodies included, say the same under version `to` (at most 21) of ai.onnx. The versions at which an operator of ai.onnx changed
/// its meaning or its form, from 8 to 21, stand in the .cpp; every other version added types, attributes with a neutral default or trailing inputs. All or nothing:
/// NotSupported names the nodes that cannot be said in the new version.
Expected<void> raiseOpset(onnx::ModelProto &model, int to, const OpsetHelp &help);

} // namespace nordlys::core
