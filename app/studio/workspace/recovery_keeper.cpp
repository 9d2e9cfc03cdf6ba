// SPDX-License-Identifier: GPL-3.0-or-later
#include "recovery_keeper.h"

#include "counted.h"
#include "text.h"

#include <core/project/matching.h>

#include <QFileInfo>
#include <QLocale>
#include <QStandardPaths>

#include <mutex>

namespace nordlys::studio {
namespace {

// From an edit to the start of its write. The write itself (serialize, fsync) takes the rest of the two seconds at most.
constexpr int kDelayMs = 400;
constexpr int kShownSteps = 200;

QString timeText(const QDateTime &when)
{
    const QLocale locale;
    return when.date() == QDate::currentDate() ? locale.toString(when.time(), QStringLiteral("HH:mm"))
                                               : locale.toString(when, QStringLiteral("d MMM yyyy HH:mm"));
}

} // namespace

/// The file of this window, shared with the threads that write it. Every write and removal has a number; an older one never
/// undoes a newer one.
struct RecoveryKeeper::Store {
    std::mutex mutex;
    std::filesystem::path folder;
    std::optional<core::RecoverySlot> slot;
    quint64 issued = 0; ///< GUI thread only
    quint64 done = 0;   ///< newest write or removal that took place

    core::Expected<void> write(quint64 number, const core::Recovery &recovery)
    {
        const std::lock_guard lock(mutex);
        if (number < done)
            return {};
        if (!slot) {
            auto made = core::RecoverySlot::create(folder);
            if (!made)
                return std::move(made.error());
            slot.emplace(std::move(*made));
        }
        done = number;
        return slot->write(recovery);
    }
    void remove(quint64 number)
    {
        const std::lock_guard lock(mutex);
        if (number < done)
            return;
        done = number;
        if (slot)
            slot->discard();
    }
};

/// A file of a window that died.
struct RecoveryKeeper::Found {
    std::filesystem::path file;
    std::filesystem::path owner; ///< project or model
    QDateTime edited;
    int steps = 0;
    QStringList titles;
    std::optional<core::Error> error;
};

RecoveryKeeper::RecoveryKeeper(Workspace &workspace, ProjectKeeper &keeper)
    : QObject(&keeper), m_workspace(workspace), m_keeper(keeper), m_store(std::make_shared<Store>()), m_write(QString(), nullptr),
      m_hash(QString(), nullptr), m_find(std::make_unique<Job<std::vector<Found>>>(QString(), nullptr))
{
    m_store->folder = toPath(folder());
    m_timer.setSingleShot(true);
    m_timer.setInterval(kDelayMs);
    connect(&m_timer, &QTimer::timeout, this, &RecoveryKeeper::refresh);
    for (const auto signal : {&Workspace::editsChanged, &Workspace::calibrationChanged, &Workspace::evaluationChanged,
                              &Workspace::inputsChanged, &Workspace::titleChanged})
        connect(&m_workspace, signal, this, &RecoveryKeeper::noteChange);
    for (const auto signal : {&Workspace::selectionChanged, &Workspace::rangeChanged, &Workspace::filterChanged,
                              &Workspace::baselineChanged}) {
        connect(&m_workspace, signal, this, [this] {
            if (m_hasFile)
                noteChange();
        });
    }
    connect(&m_workspace, &Workspace::runsChanged, this, [this] {
        QString runs; // a live run reports itself several times a second
        for (const auto &run : m_workspace.runs())
            runs += run->name + (run->live ? QLatin1Char('*') : run.get() == m_workspace.run() ? QLatin1Char('>') : QLatin1Char(' '));
        if (std::exchange(m_runs, runs) != runs)
            noteChange();
    });
    connect(&m_keeper, &ProjectKeeper::opened, this, [this] {
        m_offered.clear();
        offerLeftOver();
    });
    connect(&m_keeper, &ProjectKeeper::recovered, this, [this](const std::shared_ptr<core::RecoverySlot> &slot) {
        m_taken.push_back(slot);
        Q_EMIT m_workspace.offerWithdrawn(toQString(slot->file()));
        noteChange();
    });
}

RecoveryKeeper::~RecoveryKeeper() = default;

QString RecoveryKeeper::folder()
{
    const QString wanted = qEnvironmentVariable("NORDLYS_RECOVERY_DIR");
    return wanted.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/recovery")
                            : wanted;
}

void RecoveryKeeper::noteChange()
{
    m_edited = QDateTime::currentDateTime();
    m_isStale = true;
    // Not restarted by the next edit: someone who edits without a pause is written all the same.
    if (!m_timer.isActive())
        m_timer.start();
}

void RecoveryKeeper::refresh()
{
    if (m_write.isRunning())
        return; // its end comes back here
    m_isStale = false;
    const bool isLive = std::any_of(m_workspace.runs().begin(), m_workspace.runs().end(), [](const auto &run) { return run->live; });
    if (!m_workspace.document() || !(m_workspace.isModified() || isLive)) {
        if (m_hasFile)
            discard();
        // What was recovered is saved by now, or taken back: its file has done its duty.
        if (!m_taken.empty())
            runOnThread([taken = std::exchange(m_taken, {})] {
                for (const auto &slot : taken)
                    slot->discard();
            });
        return;
    }
    auto recovery = std::make_shared<core::Recovery>(m_keeper.recovery());
    recovery->editedAtMs = m_edited.toMSecsSinceEpoch();
    m_hasFile = true;
    m_write.start([store = m_store, number = ++m_store->issued, recovery](
                      const core::JobContext &) { return store->write(number, *recovery); },
                  [this](core::Expected<void> result) {
                      if (!result) {
                          if (!std::exchange(m_hasFailed, true))
                              Q_EMIT m_workspace.notice(tr("Unsaved edits cannot be kept for a recovery: %1")
                                                            .arg(toQString(result.error().text())));
                      } else {
                          m_hasFailed = false;
                          for (const auto &slot : std::exchange(m_taken, {}))
                              slot->discard();
                          if (!m_isStale)
                              Q_EMIT written();
                      }
                      if (m_isStale && !m_timer.isActive())
                          m_timer.start();
                      hashModel();
                  });
}

// A model without a project has no hash yet; with it a recovery notices another content.
void RecoveryKeeper::hashModel()
{
    const auto document = m_workspace.document();
    if (!document || !m_keeper.modelSha256().empty() || m_hash.isRunning())
        return;
    m_hash.start([model = document->model](const core::JobContext &job) { return core::modelSha256(*model, job); },
                 [this, document](core::Expected<std::string> hash) {
                     // A file that was changed meanwhile is not what is open.
                     if (!hash || document != m_workspace.document() || FileStamp::of(document->path) != m_keeper.modelStamp())
                         return;
                     m_keeper.setModelSha256(std::move(*hash));
                     noteChange();
                 });
}

void RecoveryKeeper::discard()
{
    m_timer.stop();
    if (!std::exchange(m_hasFile, false))
        return;
    runOnThread([store = m_store, number = ++m_store->issued] { store->remove(number); });
}

std::vector<RecoveryKeeper::Found> RecoveryKeeper::find(const std::filesystem::path &folder)
{
    std::vector<Found> all;
    for (const std::filesystem::path &file : core::RecoverySlot::leftOver(folder)) {
        Found found;
        found.file = file;
        auto recovery = core::readRecovery(file);
        if (!recovery) {
            found.error = std::move(recovery.error());
            all.push_back(std::move(found));
            continue;
        }
        found.owner = recovery->projectPath.empty() ? recovery->project.model.path : recovery->projectPath;
        found.edited = QDateTime::fromMSecsSinceEpoch(recovery->editedAtMs);
        found.steps = static_cast<int>(recovery->steps.size());
        for (const auto &step : recovery->steps) {
            if (found.titles.size() < kShownSteps)
                found.titles << toQString(step->title) + QStringLiteral(": ") + toQString(step->change.text());
        }
        // The window may have died between saving and removing its file: then the project holds everything.
        if (!recovery->projectPath.empty() && !recovery->steps.empty()) {
            auto opened = core::openProject(recovery->projectPath, {.allowMissingModel = true});
            if (opened && opened->fileSha256 != recovery->projectSha256) {
                core::EditState edits = opened->project.edits;
                for (const auto &step : recovery->steps)
                    (void)core::applyChange(edits, step->change);
                auto slot = edits == opened->project.edits ? core::RecoverySlot::claim(file) : std::nullopt;
                if (slot) {
                    slot->discard();
                    continue;
                }
            }
        }
        all.push_back(std::move(found));
    }
    return all;
}

void RecoveryKeeper::offerLeftOver()
{
    m_find->start([folder = m_store->folder](const core::JobContext &) { return find(folder); },
                  [this](std::vector<Found> found) { offer(found); });
}

void RecoveryKeeper::offer(const std::vector<Found> &all)
{
    for (const Found &found : all) {
        const QString file = toQString(found.file);
        if (m_offered.contains(file) || m_answered.contains(file))
            continue;
        m_offered.insert(file);
        const auto remove = [this, file, path = found.file] {
            m_answered.insert(file); // a search that is under way may still find it
            runOnThread([path] {
                if (auto slot = core::RecoverySlot::claim(path))
                    slot->discard();
            });
        };
        Offer offer;
        offer.id = file;
        if (found.error) {
            offer.title = tr("Recovered edits cannot be read");
            offer.text = toQString(found.error->text());
            offer.choices = {{QStringLiteral("discard"), tr("Discard"), false, remove},
                             {QStringLiteral("later"), tr("Later"), false, [] {}}};
            Q_EMIT m_workspace.offered(offer);
            continue;
        }
        const QString owner = toQString(found.owner.filename());
        offer.title = found.steps > 0 ? tr("Recover %1 of %2?").arg(Counted::edits(found.steps), owner)
                                      : tr("Recover the results of %1?").arg(owner);
        offer.text = tr("Made until %1 and not saved when the program ended.").arg(timeText(found.edited));
        offer.details = QStringList(toQString(found.owner)) + found.titles;
        if (found.steps > found.titles.size())
            offer.details << tr("and %1 more").arg(formatCount(found.steps - found.titles.size()));
        const auto recover = [this, file] { m_keeper.hooks.whenSaved([this, file] { m_keeper.recover(file); }); };
        offer.choices = {{QStringLiteral("recover"), tr("Recover"), true, recover},
                         {QStringLiteral("discard"), tr("Discard"), false, remove}};
        Q_EMIT m_workspace.offered(offer);
    }
}

} // namespace nordlys::studio
