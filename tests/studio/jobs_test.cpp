// SPDX-License-Identifier: GPL-3.0-or-later
// Work on a job's thread that throws must end in an error in the window, never in the end of the program.
#include "window_fixture.h"

#include <studio/jobs/job.h>
#include <studio/window/error_bar.h>

#include <new>
#include <stdexcept>

namespace nordlys::studio::test {
namespace {

class Jobs : public WindowTest {};

TEST_F(Jobs, MemoryThatRunsOutIsDeliveredAsAnError)
{
    Job<core::Expected<int>> job(QStringLiteral("test"), nullptr);
    std::optional<core::Error> error;
    job.start([](const core::JobContext &) -> core::Expected<int> { throw std::bad_alloc(); },
              [&error](core::Expected<int> result) {
                  ASSERT_FALSE(result);
                  error = result.error();
              });
    ASSERT_TRUE(waitUntil([&] { return error.has_value(); }));
    EXPECT_EQ(error->code, core::ErrorCode::BadInput);
    EXPECT_EQ(error->what, "memory");
    EXPECT_FALSE(job.isRunning());
}

TEST_F(Jobs, AnExceptionOfWorkWithoutAnErrorOfItsOwnIsShownInPlace)
{
    Job<std::vector<int>> job(QStringLiteral("test"), nullptr);
    bool delivered = false, ended = false;
    QObject::connect(&job, &JobBase::ended, window.get(), [&ended] { ended = true; });
    job.start([](const core::JobContext &) -> std::vector<int> { throw std::runtime_error("a table of 7 rows"); },
              [&delivered](const std::vector<int> &) { delivered = true; });
    ASSERT_TRUE(waitUntil([&] { return ended; }));
    EXPECT_FALSE(delivered);
    EXPECT_FALSE(job.isRunning());
    auto *bar = child<ErrorBar>("errorBar");
    ASSERT_NE(bar, nullptr);
    EXPECT_TRUE(bar->isVisible());
    EXPECT_TRUE(bar->text().contains(QStringLiteral("a table of 7 rows"))) << bar->text().toStdString();
    openDigits(); // the window stays usable
}

} // namespace
} // namespace nordlys::studio::test
