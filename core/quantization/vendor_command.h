// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "range_methods.h"

#include <string>
#include <vector>

namespace nordlys::core {

/// What a calibration was made with, for saying it to the vendor's tools.
struct VendorSettings {
    std::string model, output;          ///< ONNX file; name of the product without ending
    std::string inputList;              ///< the vendor's input list
    std::string keep;                   ///< encodings that were kept; empty: none
    int actBits = 8, weightBits = 8;
    RangeChoice actRange, weightRange;
    RangeSchema actSchema = RangeSchema::Asymmetric, weightSchema = RangeSchema::Symmetric;
    bool perChannel = false;
    bool excludes = false; ///< some tensors got no encodings
};

struct VendorCommands {
    std::vector<std::string> qairt; ///< qairt-converter, then qairt-quantizer
    std::vector<std::string> qnn;   ///< qnn-onnx-converter
    std::vector<std::string> notes; ///< what these commands cannot say, or what they need
};

/// Command lines with which the vendor's own quantizer calibrates with the same settings (option names of QAIRT 2.27). Arguments are quoted
/// for a shell where they need it.
VendorCommands vendorCommands(const VendorSettings &settings);

} // namespace nordlys::core
