// SPDX-License-Identifier: Apache-2.0
#include "stream.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nordlys::core {

namespace {

class Descriptor {
public:
    explicit Descriptor(int descriptor) : m_descriptor(descriptor) {}
    ~Descriptor()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    [[nodiscard]] int get() const { return m_descriptor; }

private:
    int m_descriptor;
};

} // namespace

Expected<RunProfile> readRecording(const std::filesystem::path &path)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0)
        return badInput(path.string(), std::strerror(errno));
    struct stat state{};
    if (::fstat(file.get(), &state) != 0 || !S_ISREG(state.st_mode))
        return badInput(path.string(), "not a file", "Name a recording (.nrs) of `nordlys run --record`.");

    RunProfile run;
    StreamDecoder decoder;
    std::vector<std::byte> block(std::size_t(1) << 20);
    std::vector<StreamItem> items;
    bool helloSeen = false;
    for (;;) {
        const ssize_t count = ::read(file.get(), block.data(), block.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return badInput(path.string(), std::strerror(errno));
        if (count == 0)
            break;
        items.clear();
        auto fed = decoder.feed(std::span(block).first(static_cast<std::size_t>(count)), items);
        if (!fed) {
            Error error = fed.error();
            error.what = path.string();
            error.why = "not a whole recording: " + error.why;
            return error;
        }
        for (const StreamItem &item : items)
            addToRun(run, item);
        helloSeen = helloSeen || !items.empty();
    }
    if (!helloSeen)
        return badInput(path.string(), "not a recording: it ends before it names a device", "Name a recording (.nrs) of `nordlys run --record`.");
    if (run.status == RunStatus::Running) {
        run.status = RunStatus::Interrupted;
        run.reason = "the recording ends early";
    }
    return run;
}

} // namespace nordlys::core
