// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "job_threads.h"

#include <core/base/error.h>
#include <core/base/progress.h>

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>

namespace nordlys::studio {

/// How far a job is. `total` 0: unknown.
struct JobProgress {
    quint64 done = 0, total = 0;
    QString what;
};

/// The part of a job that the window watches: whether it runs, how far it is, and how to stop it. GUI thread only.
class JobBase : public QObject {
    Q_OBJECT

public:
    explicit JobBase(QString title, QObject *owner);
    /// Asks the work to stop; its result is dropped.
    ~JobBase() override;

    [[nodiscard]] QString title() const { return m_title; }
    void setTitle(const QString &title) { m_title = title; }
    [[nodiscard]] bool isRunning() const { return m_running; }
    [[nodiscard]] const JobProgress &progress() const { return m_progress; }
    [[nodiscard]] qint64 elapsedMs() const { return m_clock.isValid() ? m_clock.elapsed() : 0; }
    /// Asks the work to stop. Its result is still delivered (an Interrupted error, or what was done until then).
    void cancel();
    /// Asks the work to stop and drops its result; the job does not run any more.
    void drop();

    /// Told on the GUI thread of a job that ended in an exception (memory ran out) and whose result cannot carry an error. One for
    /// the program; the window shows it in place.
    static void setFailureSink(std::function<void(const core::Error &)> sink);

Q_SIGNALS:
    void started();
    void progressed();
    /// After the result was delivered, or when a newer start took over.
    void ended();

protected:
    using Delivery = std::function<void()>;
    /// Cancels what runs, then runs `work` on a thread; the closure that it returns runs on the GUI thread unless a newer launch
    /// or the end of this object came first.
    void launch(std::function<Delivery(const core::JobContext &)> work);
    /// The exception being handled, as a value.
    static core::Error caughtError();

private:
    struct Mailbox;
    QString m_title;
    std::shared_ptr<JobBase *> m_self; // null once this is gone; read and written on the GUI thread only
    bool m_running = false;
    quint64 m_generation = 0;
    std::stop_source m_stop;
    JobProgress m_progress;
    QElapsedTimer m_clock;
};

/// A job with a result. Starting anew cancels the older run and drops its result.
template <typename T>
class Job : public JobBase {
public:
    using JobBase::JobBase;

    /// `work` runs on its own thread and must not touch anything that the GUI thread changes. `deliver` runs on the GUI thread.
    /// An exception of `work` is delivered as an error where T can carry one (`Expected`), else it goes to the failure sink.
    void start(std::function<T(const core::JobContext &)> work, std::function<void(T)> deliver)
    {
        launch([work = std::move(work), deliver = std::move(deliver)](const core::JobContext &context) -> Delivery {
            std::shared_ptr<T> result;
            if constexpr (std::is_constructible_v<T, core::Error>) {
                try {
                    result = std::make_shared<T>(work(context));
                } catch (...) {
                    result = std::make_shared<T>(caughtError());
                }
            } else {
                result = std::make_shared<T>(work(context)); // launch() catches
            }
            return [result, deliver] { deliver(std::move(*result)); };
        });
    }
};

} // namespace nordlys::studio
