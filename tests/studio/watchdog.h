// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace nordlys::studio::test {

/// An application that measures how long each event keeps the GUI thread, and names those that keep it too long.
///
/// Two clocks, because wall time says little on a busy machine: the thread's CPU time (work done on it), and the time that it
/// slept inside the handler (waiting for a lock, a disk, a thread), which is wall time without CPU time and without the time that
/// it was ready and another program had the processor. Events that a nested loop delivers (an open dialog, a wait in a test) count
/// for themselves, not for the event around them.
class WatchedApplication : public QApplication {
public:
    WatchedApplication(int &argc, char **argv);
    bool notify(QObject *receiver, QEvent *event) override;

    struct Block {
        QString name;  ///< "Receiver (name) handling Paint"
        QString spent; ///< "61 ms of work"
        bool fails;    ///< far over the limit, or over it for the second time
    };
    /// What took more than the limit since the last call. One event slightly over it is reported and no failure: a processor that
    /// is shared with other programs (or other machines) gives less work for the same CPU time.
    std::vector<Block> takeBlocks();
    /// The longest handler since the start, in milliseconds of CPU time.
    [[nodiscard]] double longestMs() const { return m_longestMs; }

    static constexpr double kMostWorkMs = 50;
    /// Generous: a worker that holds a lock may itself wait for a processor.
    static constexpr double kMostSleepMs = 400;

private:
    friend class AllowedBlock;
    struct Clocks {
        std::int64_t wallNs, cpuNs, readyNs;
    };
    struct Frame {
        Clocks begin;
        std::int64_t otherCpuNs = 0, otherSleepNs = 0; ///< of nested loops and allowed blocks
        quint64 loop;
        int level; ///< of event loops
    };
    static Clocks now();
    void exclude(const Clocks &begin, const Clocks &end);

    std::vector<Frame> m_frames;
    void block(const QString &name, const QString &spent, bool fails);

    std::vector<Block> m_blocks;
    quint64 m_loop = 0; ///< turns of any event loop
    int m_allowed = 0;
    double m_longestMs = 0;
};

/// Work that a test itself does inside an event (a dialog answered from a timer), or that may take long for a stated reason.
class AllowedBlock {
public:
    explicit AllowedBlock(const char *reason);
    ~AllowedBlock();
    AllowedBlock(const AllowedBlock &) = delete;
    AllowedBlock &operator=(const AllowedBlock &) = delete;

private:
    WatchedApplication::Clocks m_begin;
};

} // namespace nordlys::studio::test
