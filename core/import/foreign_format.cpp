// SPDX-License-Identifier: Apache-2.0
#include "foreign_format.h"

#include "wire.h"

#include <algorithm>
#include <string_view>
#include <system_error>

namespace nordlys::core {

namespace {

using Bytes = std::span<const std::byte>;

std::string_view asText(Bytes bytes, std::size_t most)
{
    return {reinterpret_cast<const char *>(bytes.data()), std::min(bytes.size(), most)};
}

Error foreign(const std::filesystem::path &path, std::string_view what, std::string_view fix)
{
    return notSupported(path.string(), "is " + std::string(what) + ", not ONNX", std::string(fix));
}

constexpr std::string_view kFromTensorFlow = "Convert it to ONNX with tf2onnx.";
constexpr std::string_view kFromTorch = "Export the model to ONNX with torch.onnx.export.";
constexpr std::string_view kFromCaffe = "Convert it to ONNX with caffe2onnx or a like tool.";
constexpr std::string_view kConvert = "Export the original model to ONNX.";

struct Magic {
    std::size_t offset;
    std::string_view bytes;
    std::string_view what;
    std::string_view fix;
};

using namespace std::string_view_literals;

constexpr Magic kMagics[] = {
    {4, "TFL3"sv, "a TensorFlow Lite model", "Convert it to ONNX with tf2onnx (--tflite)."},
    {4, "ORTM"sv, "an ONNX Runtime model in ORT format", "Use the .onnx file that it was made from."},
    {4, "ET12"sv, "an ExecuTorch program", kFromTorch},
    {0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file (Keras model or weights)", kFromTensorFlow},
    {0, "GGUF"sv, "a GGUF model", kConvert},
    {0, "7767517\n"sv, "an ncnn parameter file", kConvert},
    {0, "\x80\x02\x8a\x0al\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv, "a PyTorch checkpoint (legacy pickle)", kFromTorch},
    {0, "\x93NUMPY"sv, "a NumPy array", "Name a model file."},
    {0, "\x89PNG"sv, "a PNG picture", "Name a model file."},
    {0, "\xff\xd8\xff"sv, "a JPEG picture", "Name a model file."},
    {0, "ptrt"sv, "a TensorRT engine", kConvert},
};

/// True when every field can be walked and, up to a limit, satisfies the test.
template <typename Test>
bool allFields(Bytes message, Test test)
{
    WireReader reader(message);
    WireField field;
    for (int count = 0; count < 1000; ++count) {
        if (!reader.next(field))
            return !reader.failed() && count > 0;
        if (!test(field))
            return false;
    }
    return true;
}

bool isPrintable(Bytes bytes)
{
    return !bytes.empty() && std::ranges::all_of(bytes, [](std::byte b) { return b >= std::byte(0x20) && b < std::byte(0x7f); });
}

/// NodeDef: name = 1, op = 2, input = 3, device = 4, attr = 5 and up to 7.
bool isNodeDef(Bytes message)
{
    bool hasName = false;
    bool hasOp = false;
    return allFields(message, [&](const WireField &field) {
               const bool isText = field.type == WireField::Bytes && isPrintable(field.payload);
               hasName = hasName || (field.number == 1 && isText);
               hasOp = hasOp || (field.number == 2 && isText);
               return field.number <= 7 && field.type == WireField::Bytes;
           })
           && hasName && hasOp;
}

std::optional<Error> recogniseProtobuf(const std::filesystem::path &path, Bytes bytes)
{
    WireReader reader(bytes);
    WireField field;
    WireField first;
    if (!reader.next(first) || first.number > 2)
        return std::nullopt;
    // ONNX, SavedModel and Core ML begin with a version number, GraphDef and Caffe with a message or a name.
    if (first.number == 1 && first.type == WireField::Varint) {
        bool onlyTwo = true;
        bool isNested = false;
        for (int count = 0; count < 64 && reader.next(field); ++count) {
            if (field.number >= 200 && field.number < 6000 && field.type == WireField::Bytes)
                return foreign(path, "a Core ML model", kConvert);
            onlyTwo = onlyTwo && field.number == 2;
            isNested = isNested || (field.number == 2 && field.type == WireField::Bytes && field.payload.size() > 64
                                    && allFields(field.payload, [](const WireField &f) { return f.number <= 7 && f.type == WireField::Bytes; }));
        }
        if (onlyTwo && isNested && !reader.failed())
            return foreign(path, "a TensorFlow SavedModel", kFromTensorFlow);
        return std::nullopt;
    }
    if (first.type != WireField::Bytes)
        return std::nullopt;
    if (first.number == 1 && isNodeDef(first.payload))
        return foreign(path, "a TensorFlow graph (frozen GraphDef)", kFromTensorFlow);
    const bool startsWithName = first.number == 1 && (first.payload.empty() || isPrintable(first.payload));
    for (int count = 0; startsWithName && count < 64 && reader.next(field); ++count) {
        if ((field.number == 100 || field.number == 2) && field.type == WireField::Bytes
            && allFields(field.payload, [](const WireField &f) { return f.number < 1000; }))
            return foreign(path, "a Caffe model", kFromCaffe);
    }
    return std::nullopt;
}

std::optional<Error> recogniseZip(const std::filesystem::path &path, Bytes bytes)
{
    if (!asText(bytes, 4).starts_with("PK\x03\x04"))
        return std::nullopt;
    // Names of the entries stand in the central directory at the end.
    const std::string_view tail = asText(bytes.last(std::min<std::size_t>(bytes.size(), std::size_t(1) << 20)), std::size_t(1) << 20);
    const auto has = [&](std::string_view name) { return tail.find(name) != std::string_view::npos; };
    if (has("/constants.pkl") || has("/code/"))
        return foreign(path, "a TorchScript model", kFromTorch);
    if (has("/data.pkl") || has("archive/"))
        return foreign(path, "a PyTorch checkpoint", kFromTorch);
    if (has("model.weights.h5"))
        return foreign(path, "a Keras model", kFromTensorFlow);
    return foreign(path, "a zip archive", "Unpack it and name the .onnx file.");
}

std::optional<Error> recogniseText(const std::filesystem::path &path, Bytes bytes)
{
    const std::string_view text = asText(bytes, 65536);
    if (text.find('\0') != std::string_view::npos)
        return std::nullopt;
    const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
    if (has("<net ") && has("<layers>"))
        return foreign(path, "an OpenVINO model", kConvert);
    if (has("ir_version:") && has("graph {"))
        return foreign(path, "an ONNX model in protobuf's text form", "Save it in the binary form.");
    const bool isCaffe = (has("layer {") || has("layers {") || has("layer{") || has("layers{")) && has("type:");
    if (isCaffe)
        return foreign(path, "a Caffe network description (prototxt)", kFromCaffe);
    if (has("node {") && has("op:"))
        return foreign(path, "a TensorFlow graph in text form", kFromTensorFlow);
    return std::nullopt;
}

} // namespace

std::optional<Error> recogniseForeignFormat(const std::filesystem::path &path, Bytes bytes)
{
    for (const Magic &magic : kMagics) {
        if (bytes.size() > magic.offset && asText(bytes.subspan(magic.offset), magic.bytes.size()) == magic.bytes)
            return foreign(path, magic.what, magic.fix);
    }
    if (std::optional<Error> zip = recogniseZip(path, bytes))
        return zip;
    if (std::optional<Error> message = recogniseProtobuf(path, bytes))
        return message;
    return recogniseText(path, bytes);
}

std::optional<Error> recogniseForeignFolder(const std::filesystem::path &path)
{
    std::error_code error;
    if (!std::filesystem::is_directory(path, error))
        return std::nullopt;
    if (std::filesystem::exists(path / "saved_model.pb", error))
        return foreign(path, "a TensorFlow SavedModel", kFromTensorFlow);
    if (path.extension() == ".mlpackage" || path.extension() == ".mlmodelc")
        return foreign(path, "a Core ML package", kConvert);
    return std::nullopt;
}

} // namespace nordlys::core
