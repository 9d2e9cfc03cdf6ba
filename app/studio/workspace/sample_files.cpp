// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_files.h"

#include <core/base/resource_path.h>

namespace nordlys::studio {

QString sampleModelPath()
{
    const auto found = core::findResource("samples/digits/digits.onnx");
    return found ? QString::fromStdString(found->string()) : QString();
}

} // namespace nordlys::studio
