// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/quantization/encoding_set.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace nordlys::core {

enum class Backend { Cpu, Gpu, Htp };
std::string_view nameOf(Backend backend); ///< "cpu", "gpu", "htp"
std::optional<Backend> backendFromName(std::string_view name);

/// What a user edits: encodings, backend per node, build options.
struct EditState {
    EncodingSet encodings;
    std::map<std::string, Backend, std::less<>> placement; ///< by node name; absent: automatic
    std::map<std::string, std::string, std::less<>> buildOptions;
    friend bool operator==(const EditState &, const EditState &) = default;
};

/// Sets or (with no value) removes the entry of one tensor.
struct SetEncoding {
    std::string tensor;
    std::optional<EncodingEntry> entry;
};
/// Sets or removes the backend of one node.
struct SetBackend {
    std::string node;
    std::optional<Backend> backend;
};
struct SetBuildOption {
    std::string key;
    std::optional<std::string> value;
};
struct ChangeBatch;

/// One edit; a value that can be applied, reverted, printed, stored and replayed.
using ChangeVariant = std::variant<SetEncoding, SetBackend, SetBuildOption, std::shared_ptr<const ChangeBatch>>;
struct Change {
    ChangeVariant value;
    /// One line in English for logs and `history`: "conv1/Relu:0: 8 bit, 0..6".
    [[nodiscard]] std::string text() const;
};
struct ChangeBatch {
    std::string title;
    std::vector<Change> changes;
};

/// Applies the change and returns its inverse (applying that restores the state exactly). BadInput leaves the state as it was.
Expected<Change> applyChange(EditState &state, const Change &change);
/// One change that turns `from` into `to`; a batch titled `title`.
Change difference(const EditState &from, const EditState &to, std::string title);

/// JSON form, used in project files.
std::string changeToJson(const Change &change);
Expected<Change> changeFromJson(std::string_view json);

} // namespace nordlys::core
