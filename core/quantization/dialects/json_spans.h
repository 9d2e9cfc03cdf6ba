// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nordlys::core {

/// Part of a text.
struct TextSpan {
    std::size_t begin = 0, end = 0;
    [[nodiscard]] std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

/// Member of an object (`whole` reaches from the key to the end of the value) or element of a list (no key; both spans are equal).
struct JsonMember {
    std::string key;
    TextSpan whole, value;
};

/// Where the members of an object or list lie in a text.
struct JsonContainer {
    bool isObject = true;
    TextSpan whole;
    std::vector<JsonMember> members;
    [[nodiscard]] const JsonMember *find(std::string_view key) const; ///< the first one of that name; null: none
};

/// Scans the object or list that begins at `begin` (white space is skipped). What is inside its values is not looked at, but that brackets
/// fit, strings end and nothing is nested deeper than 100 levels: a number that is none is found when the value itself is parsed. BadInput
/// (naming `what` and the line) otherwise, and for a key that is no UTF-8.
Expected<JsonContainer> scanContainer(std::string_view text, std::size_t begin, const std::string &what);

/// What becomes of a container's members; the lists are as long as the members are many, or empty for "nothing".
struct ContainerEdit {
    std::vector<std::optional<std::string>> replaced; ///< new text of a member (with its key)
    std::vector<bool> removed;
    std::vector<std::string> added; ///< behind the last one, in the manner of those before
};
/// The container's text with the edit made: everything that is not edited keeps its bytes, white space between members too.
std::string editedContainer(std::string_view text, const JsonContainer &container, const ContainerEdit &edit);

/// A member of an object and the JSON text of its value; nothing: the member goes.
struct JsonField {
    std::string key;
    std::optional<std::string> value;
};
/// The object's text with these members set. Members whose value is equal already keep their text, others their place.
Expected<std::string> patchedObject(std::string_view object, const std::vector<JsonField> &fields, const std::string &what);

} // namespace nordlys::core
