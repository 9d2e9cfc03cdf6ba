// SPDX-License-Identifier: GPL-3.0-or-later
#include "checkpoints.h"

#include "text.h"

#include <algorithm>
#include <cstdlib>

namespace nordlys::studio {
namespace {

constexpr qsizetype kMostLetters = 100;
constexpr std::string_view kPrefix = "checkpoint.", kCompared = "checkpoint.compared", kName = ".name";

std::string keyOf(std::size_t index, std::string_view part = {})
{
    std::string key;
    key.append(kPrefix).append(std::to_string(index)).append(part);
    return key;
}

core::EditState only(const core::EncodingSet &encodings)
{
    core::EditState state;
    state.encodings = encodings;
    return state;
}

} // namespace

Checkpoints &Checkpoints::of(Workspace &workspace)
{
    if (auto *found = workspace.findChild<Checkpoints *>(QString(), Qt::FindDirectChildrenOnly))
        return *found;
    return *new Checkpoints(workspace);
}

Checkpoints::Checkpoints(Workspace &workspace) : QObject(&workspace), m_workspace(workspace)
{
    connect(&m_workspace, &Workspace::documentChanged, this, [this] {
        m_all.clear();
        m_compared = 0;
        Q_EMIT changed();
    });
    connect(&m_workspace, &Workspace::calibrationChanged, this, &Checkpoints::addCalibrated);
}

// A project that is opened brings its calibration and its checkpoints along; only a new calibration is an undo step.
void Checkpoints::addCalibrated()
{
    const auto &calibration = m_workspace.calibration();
    const QString step = m_workspace.history().stack().undoText();
    if (!calibration || step.isEmpty() || !(calibration->encodings == m_workspace.encodings()))
        return;
    if (std::ranges::any_of(m_all, [&](const Checkpoint &entry) { return entry.encodings == calibration->encodings; }))
        return;
    QString name = step.left(kMostLetters - 8);
    for (int i = 2; !whyNoName(name).isEmpty() && i < 1000; ++i)
        name = QStringLiteral("%1 (%2)").arg(step.left(kMostLetters - 8)).arg(i);
    add(name);
}

QString Checkpoints::whyNoName(const QString &name) const
{
    const QString wanted = name.trimmed();
    if (!m_workspace.document() || m_workspace.encodings().empty())
        return tr("There are no encodings to keep yet.");
    if (wanted.isEmpty())
        return tr("A checkpoint needs a name.");
    if (wanted.size() > kMostLetters)
        return tr("A name has at most %1 characters.").arg(kMostLetters);
    if (m_all.size() >= kMost)
        return tr("There are %1 checkpoints already. Delete one first.").arg(kMost);
    const bool taken = std::ranges::any_of(m_all, [&](const Checkpoint &entry) { return entry.name == wanted; });
    return taken ? tr("Another checkpoint is called %1.").arg(wanted) : QString();
}

void Checkpoints::add(const QString &name)
{
    if (!whyNoName(name).isEmpty())
        return;
    m_all.push_back({name.trimmed(), m_workspace.encodings(), m_workspace.history().stack().index()});
    m_compared = m_all.size() - 1;
    m_workspace.touch();
    Q_EMIT m_workspace.titleChanged(); // what is saved after a crash has changed, also where the project was modified already
    Q_EMIT changed();
}

bool Checkpoints::create(const QString &name)
{
    const bool can = whyNoName(name).isEmpty();
    add(name);
    return can;
}

void Checkpoints::remove(std::size_t index)
{
    if (index >= m_all.size())
        return;
    m_all.erase(m_all.begin() + static_cast<std::ptrdiff_t>(index));
    if (m_compared > index || (m_compared == m_all.size() && m_compared > 0))
        --m_compared;
    m_workspace.touch();
    Q_EMIT m_workspace.titleChanged();
    Q_EMIT changed();
}

void Checkpoints::restore(std::size_t index)
{
    if (index >= m_all.size())
        return;
    const Checkpoint &wanted = m_all[index];
    if (wanted.encodings == m_workspace.encodings()) {
        Q_EMIT m_workspace.notice(tr("The encodings are those of %1.").arg(wanted.name));
        return;
    }
    core::EditState state = m_workspace.edits();
    state.encodings = wanted.encodings;
    const QString title = tr("return to %1").arg(wanted.name);
    const auto applied = m_workspace.history().apply(core::difference(m_workspace.edits(), state, title.toStdString()), title);
    if (!applied)
        Q_EMIT m_workspace.failed(applied.error());
}

void Checkpoints::compareWith(std::size_t index)
{
    if (index >= m_all.size() || index == m_compared)
        return;
    m_compared = index;
    Q_EMIT changed();
}

int Checkpoints::editsSince() const
{
    const Checkpoint *entry = compared();
    if (!entry || entry->encodings == m_workspace.encodings())
        return 0;
    return std::max(1, std::abs(m_workspace.history().stack().index() - entry->undoIndex));
}

// Written again and again while edits are kept for a recovery, so only what is new is turned into text.
void Checkpoints::store(std::map<std::string, std::string> &view, const core::EditState &base)
{
    std::erase_if(view, [](const auto &item) { return item.first.starts_with(kPrefix); });
    if (m_all.empty())
        return;
    const bool sameBase = m_storedBase == base.encodings;
    if (!sameBase)
        m_storedBase = base.encodings;
    for (std::size_t i = 0; i < m_all.size(); ++i) {
        Checkpoint &entry = m_all[i];
        if (!sameBase || entry.stored.empty())
            entry.stored = core::changeToJson(core::difference(only(base.encodings), only(entry.encodings), "checkpoint"));
        view[keyOf(i)] = entry.stored;
        view[keyOf(i, kName)] = entry.name.toStdString();
    }
    view[std::string(kCompared)] = std::to_string(m_compared);
}

const std::string *Checkpoints::storedAs(const core::EncodingSet &encodings) const
{
    const auto found = std::ranges::find_if(m_all, [&](const Checkpoint &entry) { return !entry.stored.empty() && entry.encodings == encodings; });
    return found == m_all.end() ? nullptr : &found->stored;
}

void Checkpoints::load(const std::map<std::string, std::string> &view, const core::EditState &base)
{
    m_all.clear();
    m_compared = 0;
    for (std::size_t i = 0; i < kMost; ++i) {
        const auto stored = view.find(keyOf(i)), named = view.find(keyOf(i, kName));
        if (stored == view.end() || named == view.end())
            continue;
        const QString name = toQString(named->second).trimmed().left(kMostLetters);
        const auto change = core::changeFromJson(stored->second);
        core::EditState state = only(base.encodings);
        const bool taken = std::ranges::any_of(m_all, [&](const Checkpoint &entry) { return entry.name == name; });
        if (!name.isEmpty() && !taken && change && core::applyChange(state, *change))
            m_all.push_back({name, std::move(state.encodings), m_workspace.history().stack().index()});
    }
    if (const auto compared = view.find(std::string(kCompared)); compared != view.end()) {
        const std::size_t index = toQString(compared->second).toULongLong();
        m_compared = index < m_all.size() ? index : 0;
    }
    Q_EMIT changed();
}

} // namespace nordlys::studio
