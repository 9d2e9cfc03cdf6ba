// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../encoding_dialect.h"
#include "entry_values.h"

namespace nordlys::core {

// One entry of every form of encodings files, between its JSON and an Encoding. Readers get values that nobody vouches for; errors name the
// member that is wrong, not the tensor.

// Dictionary form (dictionary_form.cpp): a list of objects, one a channel; the seed form has an object.
Expected<Encoding> readDictionaryEntry(const nlohmann::json &value, const std::string &tensor, EncodingKind kind, EncodingDialect dialect,
                                       EntryContext &context);
/// `"name": [...]`. `previous` is the text of the value that the file has (empty: none): keys that it has and we do not know, their order and
/// the numbers that are equal stay as they are.
Expected<std::string> dictionaryMember(const std::string &tensor, const Encoding &encoding, EncodingDialect dialect, std::string_view previous);

// List form 1.0.0 (list_form.cpp).
Expected<Encoding> readListEntry(const nlohmann::json &value, const std::string &tensor, EncodingKind kind, EntryContext &context);
Expected<std::string> listElement(const std::string &tensor, const Encoding &encoding, std::string_view previous);

// ONNX-like form 2.x (onnx_form.cpp).
Expected<Encoding> readOnnxEntry(const nlohmann::json &value, const std::string &tensor, EntryContext &context);
Expected<std::string> onnxElement(const std::string &tensor, const Encoding &encoding, const TensorFacts *facts, std::string_view previous);
/// What an entry of a file without sections is, by its numbers: channels, blocks and signed codes are those of parameters.
EncodingKind guessedKind(const Encoding &encoding);

// The torch flavour (torch_form.cpp): a module's inputs and outputs, named "module/input/0".
Expected<std::vector<std::pair<std::string, nlohmann::json>>> torchLeaves(const std::string &module, const nlohmann::json &value);
bool isTorchModule(const nlohmann::json &value);

// A converter's net.json (net_json.cpp). Nothing: the tensor is not quantized.
Expected<std::optional<EncodingEntry>> readNetTensor(const nlohmann::json &value, EntryContext &context);

} // namespace nordlys::core
