// SPDX-License-Identifier: Apache-2.0
#include "value_kernel.h"

#include "values/families.h"

namespace nordlys::runtime {

const ValueKernelEntry *findValueKernel(std::string_view domain, std::string_view op, int opset)
{
    if (domain == "ai.onnx")
        domain = "";
    const ValueKernelEntry *best = nullptr;
    for (const auto &family : {values::sequenceKernels(), values::optionalKernels(), values::dataDependentKernels(), values::boxSelectionKernels()}) {
        for (const ValueKernelEntry &entry : family) {
            if (entry.domain == domain && entry.op == op && entry.sinceVersion <= opset && (best == nullptr || entry.sinceVersion > best->sinceVersion))
                best = &entry;
        }
    }
    return best;
}

} // namespace nordlys::runtime
