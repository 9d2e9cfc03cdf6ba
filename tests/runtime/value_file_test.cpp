// SPDX-License-Identifier: Apache-2.0
#include <core/import/wire.h>
#include <runtime/values/value_file.h>

#include <gtest/gtest.h>

#include <numeric>

namespace nordlys::runtime {
namespace {

std::span<const std::byte> bytesOf(const std::string &text)
{
    return std::as_bytes(std::span(text));
}

std::string varintField(unsigned number, std::uint64_t value)
{
    std::string out;
    core::appendVarint(out, number << 3);
    core::appendVarint(out, value);
    return out;
}

std::string nested(unsigned number, const std::string &payload)
{
    std::string out;
    core::appendBytesField(out, number, bytesOf(payload));
    return out;
}

/// TensorProto: dims 1, data_type 2, raw_data 9.
std::string int32Tensor(std::uint64_t size)
{
    std::vector<std::int32_t> values(size);
    std::iota(values.begin(), values.end(), 1);
    const std::string raw(reinterpret_cast<const char *>(values.data()), 4 * values.size());
    return varintField(1, size) + varintField(2, 6) + nested(9, raw);
}

TEST(ValueFile, ReadsAnOptionalThatHoldsASequence)
{
    const std::string sequence = varintField(2, 1) + nested(3, int32Tensor(4)) + nested(3, int32Tensor(2));
    const auto value = parseValueProto(bytesOf(nested(1, "name") + varintField(2, 3) + nested(5, sequence)), core::ValueKind::OptionalSequence, "test");
    ASSERT_TRUE(value);
    ASSERT_TRUE(value->isSequence());
    EXPECT_EQ(value->elementType(), core::DType::Int32);
    ASSERT_EQ(value->elements().size(), 2U);
    EXPECT_EQ(value->elements()[0].tensor().dims(), core::Dims{4});
    EXPECT_EQ(value->elements()[1].tensor().as<std::int32_t>()[1], 2);
}

TEST(ValueFile, AnOptionalWithoutValueIsNothingAndASequenceMayBeEmpty)
{
    const auto nothing = parseValueProto(bytesOf(varintField(2, 0)), core::ValueKind::OptionalTensor, "test");
    ASSERT_TRUE(nothing);
    EXPECT_TRUE(nothing->isNothing());
    const auto empty = parseValueProto(bytesOf(varintField(2, 1)), core::ValueKind::Sequence, "test");
    ASSERT_TRUE(empty);
    ASSERT_TRUE(empty->isSequence());
    EXPECT_TRUE(empty->elements().empty());
}

TEST(ValueFile, RefusesDamageWithAReason)
{
    std::string deep = varintField(2, 1);
    for (int i = 0; i < 100; ++i)
        deep = varintField(2, 3) + nested(5, deep);
    const struct {
        std::string message;
        core::ValueKind form;
        std::string why;
    } cases[] = {
        {"\x1a\x7f", core::ValueKind::Sequence, "broken"},
        {varintField(2, 3) + nested(3, int32Tensor(1)), core::ValueKind::Sequence, "kind of element"},
        {varintField(2, 77), core::ValueKind::Sequence, "kind of element"},
        {nested(3, int32Tensor(1)) + nested(5, varintField(2, 1)), core::ValueKind::Sequence, "several kinds"},
        {nested(3, int32Tensor(1)) + nested(3, int32Tensor(1)), core::ValueKind::OptionalTensor, "at most one"},
        {nested(3, int32Tensor(1)) + nested(3, varintField(1, 0) + varintField(2, 7)), core::ValueKind::Sequence, "one element type"},
        {nested(6, ""), core::ValueKind::Sequence, "maps"},
        {nested(3, "x"), core::ValueKind::Sequence, "element 0"},
        {nested(5, nested(3, int32Tensor(1))), core::ValueKind::OptionalTensor, "a sequence instead"},
        {nested(3, int32Tensor(1)), core::ValueKind::OptionalSequence, "a tensor instead"},
        {"", core::ValueKind::Other, "not read"},
        {deep, core::ValueKind::Sequence, "deep"},
        {"", core::ValueKind::Tensor, "TensorProto"},
    };
    for (const auto &c : cases) {
        const auto value = parseValueProto(bytesOf(c.message), c.form, "test");
        ASSERT_FALSE(value) << c.why;
        EXPECT_NE(value.error().text().find(c.why), std::string::npos) << value.error().text();
    }
}

} // namespace
} // namespace nordlys::runtime
