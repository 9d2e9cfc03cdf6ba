// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "onnx_scan.h"

#include <core/base/error.h>
#include <core/base/mapped_file.h>
#include <core/graph/graph.h>

#include <onnx/onnx_pb.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nordlys::core {

/// Ranks above this are refused.
inline constexpr int kMaxImportRank = 64;

/// Turns TensorProtos into constants: large ones stay in the model file or the external file, the others are copied.
class OnnxWeights {
public:
    OnnxWeights(std::shared_ptr<const MappedFile> model, std::vector<WeightRange> ranges);

    /// BadInput naming `what` when the dims are negative, too many or overflow, or when the bytes do not fit the shape; also for external
    /// data outside the model's folder or past its file's end.
    Expected<AttributeTensor> read(const onnx::TensorProto &proto, const std::string &what);

    /// External files in the order of their first use.
    [[nodiscard]] const std::vector<std::filesystem::path> &externalFiles() const { return m_externalFiles; }

private:
    Expected<ConstantData> readInline(const onnx::TensorProto &proto, DType type, const std::string &what) const;
    Expected<ConstantData> readExternal(const onnx::TensorProto &proto, std::uint64_t size, const std::string &what);
    Expected<std::shared_ptr<const MappedFile>> externalFile(const std::string &location, const std::string &what);

    std::shared_ptr<const MappedFile> m_model;
    std::vector<WeightRange> m_ranges;
    std::map<std::string, std::shared_ptr<const MappedFile>> m_opened; ///< by location as written
    std::vector<std::filesystem::path> m_externalFiles;
};

} // namespace nordlys::core
