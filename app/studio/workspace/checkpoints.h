// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "workspace.h"

#include <QObject>
#include <QString>

#include <map>
#include <string>
#include <vector>

namespace nordlys::studio {

/// Named states of the encodings: to compare with, and to return to as one undo step. They are stored in the project and are no part of the undo stack:
/// undoing does not lose one. Every calibration leaves one by itself. GUI thread only.
class Checkpoints : public QObject {
    Q_OBJECT

public:
    /// The workspace's one.
    static Checkpoints &of(Workspace &workspace);

    struct Checkpoint {
        QString name; ///< unique
        core::EncodingSet encodings;
        int undoIndex = 0; ///< where the undo stack stood
        std::string stored = {}; ///< as store() wrote it last
    };
    /// Oldest first.
    [[nodiscard]] const std::vector<Checkpoint> &all() const { return m_all; }
    /// Why a checkpoint cannot have this name; empty: it can.
    [[nodiscard]] QString whyNoName(const QString &name) const;
    /// The encodings as they are in the workspace; compared with from now on. False (and nothing happens) where whyNoName() objects.
    bool create(const QString &name);
    void remove(std::size_t index);
    /// The encodings become those of the checkpoint, as one undo step; none where they are.
    void restore(std::size_t index);

    /// The one that views compare with; null: none.
    [[nodiscard]] const Checkpoint *compared() const { return m_compared < m_all.size() ? &m_all[m_compared] : nullptr; }
    [[nodiscard]] std::size_t comparedIndex() const { return m_compared; }
    void compareWith(std::size_t index);
    /// Steps since the compared one was made; 0: the encodings are its, or there is none.
    [[nodiscard]] int editsSince() const;

    /// Into a project's view state, each as its difference from `base`, in place of what it held of checkpoints.
    void store(std::map<std::string, std::string> &view, const core::EditState &base);
    /// What store() wrote of the checkpoint that has these encodings, a core::Change as JSON; null: none has, or nothing was stored.
    [[nodiscard]] const std::string *storedAs(const core::EncodingSet &encodings) const;
    /// Replaces all. What cannot be read or applied is left out.
    void load(const std::map<std::string, std::string> &view, const core::EditState &base);

    static constexpr std::size_t kMost = 100;

Q_SIGNALS:
    void changed();

private:
    explicit Checkpoints(Workspace &workspace);
    void addCalibrated();
    void add(const QString &name);

    Workspace &m_workspace;
    std::vector<Checkpoint> m_all;
    core::EncodingSet m_storedBase; ///< of all Checkpoint::stored
    std::size_t m_compared = 0;
};

} // namespace nordlys::studio
