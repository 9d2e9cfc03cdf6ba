// SPDX-License-Identifier: Apache-2.0
#include <core/base/atomic_file.h>
#include <core/base/mapped_file.h>
#include <core/base/names.h>
#include <core/base/sha256.h>
#include <support/temporary_folder.h>

#include <gtest/gtest.h>

#include <csignal>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nordlys::core {
namespace {

namespace fs = std::filesystem;
using test::TemporaryFolder;

std::size_t entryCount(const fs::path &folder)
{
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

std::string text(const fs::path &file)
{
    const Expected<std::string> content = readTextFile(file);
    return content ? *content : "unreadable: " + content.error().text();
}

TEST(AtomicFile, ReplacesTheWholeFile)
{
    TemporaryFolder folder;
    const fs::path file = folder.write("a.json", "old and longer than the new one");
    ASSERT_TRUE(writeFileAtomically(file, std::string_view("new")));
    EXPECT_EQ(text(file), "new");
    EXPECT_EQ(entryCount(folder.path()), 1u);
}

TEST(AtomicFile, PipeIsWrittenAndStaysAPipe)
{
    TemporaryFolder folder;
    const fs::path pipe = folder.path() / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const Expected<void> unread = writeFileAtomically(pipe, std::string_view("nobody listens"));
    ASSERT_FALSE(unread);
    EXPECT_EQ(unread.error().code, ErrorCode::CannotWrite);

    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
    ASSERT_GE(reader, 0);
    EXPECT_TRUE(writeFileAtomically(pipe, std::string_view("heard")));
    char heard[16] = {};
    EXPECT_EQ(::read(reader, heard, sizeof heard), 5);
    ::close(reader);
    EXPECT_STREQ(heard, "heard");
    EXPECT_TRUE(fs::is_fifo(pipe));
    EXPECT_EQ(entryCount(folder.path()), 1u);
}

TEST(AtomicFile, LinkStaysAndItsFileIsReplaced)
{
    TemporaryFolder folder;
    const fs::path file = folder.write("file", "old"), link = folder.path() / "link";
    fs::create_symlink("file", link);
    ASSERT_TRUE(writeFileAtomically(link, std::string_view("new")));
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_EQ(text(file), "new");
    EXPECT_EQ(entryCount(folder.path()), 2u);
}

TEST(AtomicFile, NewFilesHaveTheUsualPermissions)
{
    TemporaryFolder folder;
    const mode_t before = ::umask(022);
    ASSERT_TRUE(writeFileAtomically(folder.path() / "a", std::string_view("x")));
    ::umask(before);
    struct stat status{};
    ASSERT_EQ(::stat((folder.path() / "a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0644u);
}

TEST(AtomicFile, WithoutCommitNothingIsVisible)
{
    TemporaryFolder folder;
    {
        auto writer = AtomicFileWriter::create(folder.path() / "a");
        ASSERT_TRUE(writer);
        ASSERT_TRUE(writer->write(std::string_view("half")));
        EXPECT_FALSE(fs::exists(folder.path() / "a"));
    }
    EXPECT_EQ(entryCount(folder.path()), 0u);
}

TEST(AtomicFile, MissingFolderAndFolderAsTargetCannotBeWritten)
{
    TemporaryFolder folder;
    const Expected<void> missing = writeFileAtomically(folder.path() / "none" / "a", std::string_view("x"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::CannotWrite);
    EXPECT_NE(missing.error().text().find("No such file"), std::string::npos);
    const Expected<void> directory = writeFileAtomically(folder.path(), std::string_view("x"));
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().code, ErrorCode::CannotWrite);
}

// A file size limit ends a write in the middle, as a full disk does.
TEST(AtomicFile, FailedWriteKeepsTheOldFileAndLeavesNothing)
{
    TemporaryFolder folder;
    const fs::path file = folder.write("a", "old");
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{65536, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const Expected<void> written = writeFileAtomically(file, std::string(1 << 20, 'x'));
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::CannotWrite);
    EXPECT_EQ(text(file), "old");
    EXPECT_EQ(entryCount(folder.path()), 1u);
}

TEST(AtomicFolder, AppearsAtOnce)
{
    TemporaryFolder folder;
    auto target = AtomicFolder::create(folder.path() / "out");
    ASSERT_TRUE(target);
    fs::create_directory(target->stagingPath() / "sub");
    ASSERT_TRUE(writeFileAtomically(target->stagingPath() / "sub" / "a", std::string_view("1")));
    EXPECT_FALSE(fs::exists(folder.path() / "out"));
    ASSERT_TRUE(target->commit());
    EXPECT_EQ(text(folder.path() / "out" / "sub" / "a"), "1");
    EXPECT_EQ(entryCount(folder.path()), 1u);
}

TEST(AtomicFolder, ReplacesEntriesAndKeepsOthers)
{
    TemporaryFolder folder;
    fs::create_directories(folder.path() / "out" / "sub");
    folder.write("out/sub/a", "old");
    folder.write("out/other", "kept");
    auto target = AtomicFolder::create(folder.path() / "out/");
    ASSERT_TRUE(target);
    fs::create_directory(target->stagingPath() / "sub");
    ASSERT_TRUE(writeFileAtomically(target->stagingPath() / "sub" / "a", std::string_view("new")));
    ASSERT_TRUE(target->commit());
    EXPECT_EQ(text(folder.path() / "out" / "sub" / "a"), "new");
    EXPECT_EQ(text(folder.path() / "out" / "other"), "kept");
    EXPECT_EQ(entryCount(folder.path()), 1u);
}

TEST(AtomicFolder, WithoutCommitNothingStays)
{
    TemporaryFolder folder;
    {
        auto target = AtomicFolder::create(folder.path() / "out");
        ASSERT_TRUE(target);
        ASSERT_TRUE(writeFileAtomically(target->stagingPath() / "a", std::string_view("1")));
    }
    EXPECT_EQ(entryCount(folder.path()), 0u);
}

TEST(AtomicFolder, ErrorsNameTheFolderThatWasAskedFor)
{
    TemporaryFolder folder;
    auto target = AtomicFolder::create(folder.path() / "out/");
    ASSERT_TRUE(target);
    const auto failed = writeFileAtomically(target->stagingPath() / "missing" / "a", std::string_view("1"));
    ASSERT_FALSE(failed);
    Error error = failed.error();
    error.details = {"first " + target->stagingPath().string() + ", then " + target->stagingPath().string()};
    const std::string out = (folder.path() / "out").string();
    const Error named = target->named(error);
    EXPECT_EQ(named.what, out + "/missing/a");
    EXPECT_EQ(named.details.front(), "first " + out + ", then " + out);
    EXPECT_EQ(named.code, error.code);
    EXPECT_EQ(named.why, error.why);
}

TEST(ReadTextFile, RefusesWhatIsTooLong)
{
    TemporaryFolder folder;
    const fs::path file = folder.write("a", "12345");
    EXPECT_TRUE(readTextFile(file, 5));
    ASSERT_FALSE(readTextFile(file, 4));
    EXPECT_EQ(readTextFile(file, 4).error().code, ErrorCode::BadInput);
    EXPECT_FALSE(readTextFile(folder.path() / "none"));
}

TEST(MappedFile, MapsFilesOnly)
{
    TemporaryFolder folder;
    const auto file = MappedFile::open(folder.write("a", "abc"));
    ASSERT_TRUE(file);
    EXPECT_EQ((*file)->bytes().size(), 3u);
    EXPECT_EQ((*file)->bytes()[1], std::byte('b'));
    const auto empty = MappedFile::open(folder.write("empty", ""));
    ASSERT_TRUE(empty);
    EXPECT_TRUE((*empty)->bytes().empty());
    ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
    for (const fs::path &path : {folder.path() / "none", folder.path(), folder.path() / "pipe", fs::path("/dev/zero")}) {
        const auto refused = MappedFile::open(path);
        ASSERT_FALSE(refused) << path;
        EXPECT_EQ(refused.error().code, ErrorCode::BadInput) << path;
    }
}

// Expected digests: FIPS 180-4 examples.
TEST(Sha256, KnownDigests)
{
    const auto digest = [](std::string_view message) { return sha256Hex(std::as_bytes(std::span(message))); };
    EXPECT_EQ(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    TemporaryFolder folder;
    const auto file = sha256OfFile(folder.write("a", std::string(1000000, 'a')));
    ASSERT_TRUE(file);
    EXPECT_EQ(*file, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = sha256OfFile(folder.path() / "a", stop.get_token());
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::Interrupted);
}

TEST(NameTable, CopiesAreIndependentAndKeepIds)
{
    NameTable names;
    const NameId a = names.intern("a");
    const NameId odd = names.intern(std::string_view("n\0\n\xff", 4));
    NameTable copy(names);
    EXPECT_EQ(copy.intern("b").index, 2u);
    EXPECT_FALSE(names.find("b").isValid());
    EXPECT_EQ(copy.find("a"), a);
    EXPECT_EQ(copy.text(odd), std::string_view("n\0\n\xff", 4));
}

} // namespace
} // namespace nordlys::core
