// SPDX-License-Identifier: Apache-2.0
#include <core/tensor/convert.h>
#include <core/tensor/float_bits.h>
#include <core/tensor/host_tensor.h>

#include <support/shared_data.h>

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace nordlys::core {
namespace {

class TensorNpyTest : public testing::Test {
protected:
    void SetUp() override
    {
        m_folder = std::filesystem::temp_directory_path() / ("nordlys-npy-" + std::to_string(::getpid()) + "-" +
                                                             testing::UnitTest::GetInstance()->current_test_info()->name());
        std::filesystem::create_directories(m_folder);
    }
    void TearDown() override { std::filesystem::remove_all(m_folder); }
    std::filesystem::path file(const std::string &content)
    {
        const auto path = m_folder / "a.npy";
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    static std::string npy(const std::string &dictionary, const std::string &data, char major = 1)
    {
        std::string text("\x93NUMPY", 6);
        text += major;
        text += '\0';
        text += static_cast<char>(dictionary.size() & 0xff);
        text += static_cast<char>(dictionary.size() >> 8);
        if (major > 1)
            text += std::string(2, '\0');
        return text + dictionary + data;
    }
    std::filesystem::path m_folder;
};

TEST_F(TensorNpyTest, ReadsOrdersAndByteOrders)
{
    // 2x3 array 1..6 by numpy.lib.format's rules: Fortran order stores columns.
    const auto fortran =
        readNpy(file(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", "\x01\x04\x02\x05\x03\x06")));
    ASSERT_TRUE(fortran) << fortran.error().text();
    EXPECT_EQ(fortran->dims(), (Dims{2, 3}));
    EXPECT_EQ(std::vector<std::uint8_t>(fortran->as<std::uint8_t>().begin(), fortran->as<std::uint8_t>().end()),
              (std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6}));
    const auto big =
        readNpy(file(npy("{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }", std::string("\x01\x02\xff\xfe", 4), 2)));
    ASSERT_TRUE(big) << big.error().text();
    EXPECT_EQ(big->as<std::int16_t>()[0], 0x0102);
    EXPECT_EQ(big->as<std::int16_t>()[1], -2);
    const auto flags = readNpy(file(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2L,)}", std::string("\x07\x00", 2))));
    ASSERT_TRUE(flags);
    EXPECT_EQ(flags->bytes()[0], std::byte(1));
    const auto scalar =
        readNpy(file(npy("{\"descr\": \"<f4\", 'fortran_order': False, 'shape': ()}", std::string("\0\0\x80\x3f", 4))));
    ASSERT_TRUE(scalar);
    EXPECT_EQ(scalar->as<float>()[0], 1.0F);
    EXPECT_TRUE(readNpy(file(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (0, 9223372036854775807)}", ""))));
}

struct HostileCase {
    const char *dictionary, *data, *message;
};

TEST_F(TensorNpyTest, RefusesHostileHeaders)
{
    const HostileCase cases[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "1234", "the file holds 4"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "12345678", "the file holds 8"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "1234", "negative"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "1234", "the file holds 4"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "1234", "no tuple"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)", "1234", "malformed"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': __import__('os')}", "1234", "no tuple"},
        {"{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}", "1234", "neither True nor False"},
        {"{'descr': '<f4', 'descr': '<f4', 'shape': (1,)}", "1234", "twice"},
        {"{'descr': '<f4', 'shape': (1,)}", "1234", "lacks"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "1234", "structured"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "1234", "'|O'"},
        {"{'descr': '<U4', 'fortran_order': False, 'shape': (1,)}", "1234", "'<U4'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} evil", "1234", "after the header"},
        {"((((((((((((((((", "1234", "no Python dictionary"},
        {"", "", "no Python dictionary"},
    };
    for (const HostileCase &one : cases) {
        const auto read = readNpy(file(npy(one.dictionary, one.data)));
        ASSERT_FALSE(read) << one.dictionary;
        EXPECT_NE(read.error().text().find(one.message), std::string::npos) << read.error().text();
    }
    std::string deep = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
    for (int i = 0; i < 1000; ++i)
        deep += "1,";
    EXPECT_FALSE(readNpy(file(npy(deep + ")}", "1234"))));
    const std::string whole = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "1234");
    for (std::size_t length = 0; length < whole.size(); ++length)
        EXPECT_FALSE(readNpy(file(whole.substr(0, length)))) << length;
    EXPECT_TRUE(readNpy(file(whole)));
    EXPECT_FALSE(readNpy(file(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "1234", 9))));
    EXPECT_FALSE(readNpy(m_folder / "absent.npy"));
}

TEST_F(TensorNpyTest, WritesWhatNumpyDocuments)
{
    auto tensor = HostTensor::create(DType::Float32, {2, 2});
    ASSERT_TRUE(tensor);
    for (std::size_t i = 0; i < 4; ++i)
        tensor->as<float>()[i] = static_cast<float>(i) - 1.5F;
    const auto path = m_folder / "out.npy";
    ASSERT_TRUE(writeNpy(path, *tensor));
    std::ifstream stream(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    ASSERT_EQ(text.size(), 128U + 16U);
    EXPECT_EQ(text.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
    EXPECT_EQ(text.substr(10, 58), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), ");
    EXPECT_EQ(text[127], '\n');
    const auto back = readNpy(path);
    ASSERT_TRUE(back);
    EXPECT_TRUE(std::equal(back->bytes().begin(), back->bytes().end(), tensor->bytes().begin(), tensor->bytes().end()));
    const auto half = HostTensor::create(DType::BFloat16, {1});
    EXPECT_EQ(writeNpy(path, *half).error().code, ErrorCode::NotSupported);
}

TEST(TensorHost, RefusesSizesThatOverflow)
{
    EXPECT_FALSE(HostTensor::create(DType::Float32, {std::int64_t(1) << 62, 8}));
    EXPECT_FALSE(HostTensor::create(DType::Float32, {-1}));
    EXPECT_FALSE(HostTensor::create(DType::Float32, {1000}, 3999));
    EXPECT_FALSE(HostTensor::create(DType::String, {1}));
    const auto tensor = HostTensor::create(DType::Int4, {3});
    ASSERT_TRUE(tensor);
    EXPECT_EQ(tensor->bytes().size(), 2U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor->bytes().data()) % 64, 0U);
    EXPECT_EQ(HostTensor::create(DType::Float32, {})->elementCount(), 1U);
    const HostTensor copy = *tensor;
    EXPECT_NE(copy.bytes().data(), tensor->bytes().data());
}

TEST(TensorConvert, NarrowFloatsByTheirDefinition)
{
    EXPECT_EQ(floatFromHalf(0x3c00), 1.0F);
    EXPECT_EQ(floatFromHalf(0x0001), 0x1p-24F);
    EXPECT_EQ(floatFromHalf(0x7bff), 65504.0F);
    EXPECT_TRUE(std::isinf(floatFromHalf(0xfc00)));
    EXPECT_EQ(floatFromNarrow(0x7e, 4, 3, 7, true, false), 448.0F);
    EXPECT_TRUE(std::isnan(floatFromNarrow(0x7f, 4, 3, 7, true, false)));
    EXPECT_EQ(floatFromNarrow(0x7b, 5, 2, 15, false, false), 57344.0F);
    EXPECT_TRUE(std::isnan(floatFromNarrow(0x80, 4, 3, 8, false, true)));
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) { // every half survives the way through float32
        const float value = floatFromHalf(static_cast<std::uint16_t>(bits));
        if (!std::isnan(value)) {
            ASSERT_EQ(halfFromFloat(value), bits);
        }
    }
    EXPECT_EQ(halfFromFloat(1.0F + 0x1p-11F), 0x3c00); // halfway: to even
    EXPECT_EQ(halfFromFloat(1.0F + 3 * 0x1p-11F), 0x3c02);
    EXPECT_EQ(halfFromFloat(65520.0F), 0x7c00);
    EXPECT_EQ(halfFromFloat(65519.99F), 0x7bff);
    EXPECT_EQ(halfFromFloat(0x1.8p-24F), 0x0002);
    EXPECT_EQ(bfloat16FromFloat(1.0F + 0x1p-8F), 0x3f80);
}

TEST(TensorConvert, IntegersMustBeExact)
{
    auto tensor = HostTensor::create(DType::Float32, {2});
    tensor->as<float>()[0] = 3.0F;
    tensor->as<float>()[1] = -1.0F;
    EXPECT_TRUE(convertTensor(*tensor, DType::Int8));
    EXPECT_FALSE(convertTensor(*tensor, DType::UInt8));
    tensor->as<float>()[1] = 0.5F;
    EXPECT_FALSE(convertTensor(*tensor, DType::Int64));
    tensor->as<float>()[1] = 9.3e18F;
    EXPECT_FALSE(convertTensor(*tensor, DType::Int64));
    tensor->as<float>()[1] = std::nanf("");
    EXPECT_FALSE(convertTensor(*tensor, DType::Int32));
    EXPECT_TRUE(containsNaN(*tensor));
    auto packed = HostTensor::create(DType::Int4, {3});
    packed->bytes()[0] = std::byte(0xf7);
    packed->bytes()[1] = std::byte(0x08);
    const auto real = toFloat32(*packed);
    EXPECT_EQ(real->as<float>()[0], 7.0F);
    EXPECT_EQ(real->as<float>()[1], -1.0F);
    EXPECT_EQ(real->as<float>()[2], -8.0F);
    EXPECT_EQ(toFloat32(*HostTensor::create(DType::Complex64, {1})).error().code, ErrorCode::NotSupported);
}

TEST(TensorProtoFile, ReadsConformanceInputs)
{
    const auto folder = test::sharedPath() / "conformance/node";
    NORDLYS_REQUIRE_SHARED(folder);
    std::size_t read = 0, refused = 0;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.path().extension() != ".pb")
            continue;
        const auto tensor = readTensorProto(entry.path());
        if (tensor) {
            ++read;
            EXPECT_GT(bitsOf(tensor->dtype()), 0);
        } else {
            ++refused;
        }
    }
    EXPECT_GT(read, 100U);
    EXPECT_LT(refused, read / 10); // strings, sequences and optionals are no tensors
}

TEST_F(TensorNpyTest, TensorProtoByHand)
{
    // Wire format: dims=2 (field 1), data_type=1 (field 2), float_data packed (field 4) {1, 2}.
    const std::string good("\x08\x02\x10\x01\x22\x08\x00\x00\x80\x3f\x00\x00\x00\x40", 14);
    const auto tensor = readTensorProto(file(good));
    ASSERT_TRUE(tensor) << tensor.error().text();
    EXPECT_EQ(tensor->as<float>()[1], 2.0F);
    const std::pair<std::string, const char *> bad[] = {
        {"", "empty"},
        {good.substr(0, 13), "broken"},
        {std::string("\x08\x03\x10\x01\x22\x08\x00\x00\x80\x3f\x00\x00\x00\x40", 14), "needs 3 values"},
        {std::string("\x08\x02\x10\x01\x4a\x04\x00\x00\x80\x3f", 10), "raw_data holds 4"},
        {std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x10\x01", 12), "too short"},
        {std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x10\x01", 13), "too short"},
        {std::string("\x08\x01\x10\x02\x2a\x02\xac\x02", 8), "does not fit"}, // uint8 300
        {std::string("\x08\x01\x10\x63", 4), "element type 99"},
        {std::string("\x08\x01\x10\x08", 4), "strings"},
    };
    for (const auto &[bytes, message] : bad) {
        const auto read = readTensorProto(file(bytes));
        ASSERT_FALSE(read) << message;
        EXPECT_NE(read.error().text().find(message), std::string::npos) << read.error().text();
    }
}

} // namespace
} // namespace nordlys::core
