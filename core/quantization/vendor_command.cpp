// SPDX-License-Identifier: Apache-2.0
#include "vendor_command.h"

#include <fmt/format.h>

namespace nordlys::core {

namespace {

std::string quoted(const std::string &argument)
{
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@%+,-";
    if (!argument.empty() && argument.find_first_not_of(plain) == std::string::npos)
        return argument;
    std::string text = "'";
    for (const char c : argument)
        text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

std::string_view vendorSchema(RangeSchema schema) { return nameOf(schema == RangeSchema::StrictSymmetric ? RangeSchema::Symmetric : schema); }

/// Options of the quantizer, which converter and quantizer share.
std::string quantizerOptions(const VendorSettings &settings)
{
    std::string text = fmt::format(" --act_bitwidth {} --weights_bitwidth {} --bias_bitwidth 32", settings.actBits, settings.weightBits);
    text += fmt::format(" --act_quantizer_calibration {} --param_quantizer_calibration {}", nameOf(settings.actRange.method),
                        nameOf(settings.weightRange.method));
    text += fmt::format(" --act_quantizer_schema {} --param_quantizer_schema {}", vendorSchema(settings.actSchema), vendorSchema(settings.weightSchema));
    if (settings.actRange.method == RangeMethod::Percentile)
        text += fmt::format(" --percentile_calibration_value {}", settings.actRange.percentile);
    else if (settings.weightRange.method == RangeMethod::Percentile)
        text += fmt::format(" --percentile_calibration_value {}", settings.weightRange.percentile);
    if (settings.perChannel)
        text += " --use_per_channel_quantization --use_per_row_quantization";
    if (settings.weightSchema == RangeSchema::StrictSymmetric) {
        const int most = (1 << (settings.weightBits - 1)) - 1;
        text += fmt::format(" --restrict_quantization_steps \"-0x{0:X} 0x{0:X}\"", most);
    }
    return text;
}

std::vector<std::string> notesOn(const VendorSettings &settings)
{
    std::vector<std::string> notes{"The input list names .raw files, float32, in the layout of the converted graph (normally NHWC), with the same preprocessing."};
    if (settings.actBits == 4)
        notes.emplace_back("The tools take 8 or 16 bits for activations, not 4.");
    if (settings.actSchema == RangeSchema::StrictSymmetric)
        notes.emplace_back("The tools restrict the steps of weights only: activations become symmetric, not strictly so.");
    if (settings.perChannel && settings.weightSchema != RangeSchema::Symmetric && settings.weightSchema != RangeSchema::StrictSymmetric)
        notes.emplace_back("The tools make weights symmetric where each channel has a grid.");
    const bool bothPercentile = settings.actRange.method == RangeMethod::Percentile && settings.weightRange.method == RangeMethod::Percentile;
    if (bothPercentile && settings.actRange.percentile != settings.weightRange.percentile)
        notes.emplace_back("The tools take one percentile for activations and weights; this is that of activations.");
    for (const RangeChoice &choice : {settings.actRange, settings.weightRange}) {
        if (choice.method == RangeMethod::Percentile && choice.percentile < 90 && notes.back().find("90") == std::string::npos)
            notes.emplace_back("The tools take percentiles from 90 to 100.");
    }
    if (settings.actRange.method != RangeMethod::MinMax || settings.weightRange.method != RangeMethod::MinMax)
        notes.emplace_back("How the tools collect their histograms cannot be chosen: ranges may differ a little.");
    if (settings.excludes)
        notes.emplace_back("The tools leave no tensor out: those that were excluded here get encodings there.");
    return notes;
}

} // namespace

VendorCommands vendorCommands(const VendorSettings &settings)
{
    VendorCommands result;
    const std::string options = quantizerOptions(settings);
    const std::string keep = settings.keep.empty() ? std::string() : " --quantization_overrides " + quoted(settings.keep);
    result.qnn.push_back("qnn-onnx-converter --input_network " + quoted(settings.model) + " --output_path " + quoted(settings.output + ".cpp")
                         + " --input_list " + quoted(settings.inputList) + keep + options + (settings.weightBits == 4 ? " --pack_4_bit_weights" : ""));
    const std::string container = settings.output + ".dlc";
    result.qairt.push_back("qairt-converter --input_network " + quoted(settings.model) + " --output_path " + quoted(container) + keep);
    result.qairt.push_back("qairt-quantizer --input_dlc " + quoted(container) + " --output_dlc " + quoted(settings.output + "_quantized.dlc")
                           + " --input_list " + quoted(settings.inputList) + options);
    result.notes = notesOn(settings);
    return result;
}

} // namespace nordlys::core
