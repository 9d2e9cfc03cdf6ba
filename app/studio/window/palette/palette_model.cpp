// SPDX-License-Identifier: GPL-3.0-or-later
#include "palette_model.h"

#include <studio/look/number_format.h>
#include <studio/workspace/recent_files.h>
#include <studio/workspace/text.h>

#include <QDir>
#include <QFileInfo>

#include <algorithm>
#include <limits>

namespace nordlys::studio {
namespace {

constexpr std::size_t kMixed = 6, kAlone = 200;
constexpr qsizetype kLongestName = 160;

/// Names come from files and may be of any length.
QString shortened(const QString &name)
{
    if (name.size() <= kLongestName)
        return name;
    return name.left(kLongestName / 2) + QChar(0x2026) + name.right(kLongestName / 2);
}

/// Fills in the text and what of it was found.
void setName(PaletteEntry &entry, const QString &name, const FuzzyQuery &query)
{
    entry.text = shortened(name);
    entry.hover = name.left(2000);
    if (const auto match = query.match(entry.text))
        entry.marks = match->positions;
}

} // namespace

PaletteModel::PaletteModel(Workspace &workspace, const ActionRegistry &actions, std::function<void(const QString &)> openFile,
                           QObject *parent)
    : QAbstractListModel(parent), m_workspace(workspace), m_actions(actions), m_openFile(std::move(openFile))
{}

void PaletteModel::setSearch(const QString &typed)
{
    const QString text = typed.trimmed();
    const QChar prefix = text.isEmpty() ? QChar() : text.front();
    const bool only =
        prefix == QLatin1Char('>') || prefix == QLatin1Char('@') || prefix == QLatin1Char('#') || prefix == QLatin1Char(':');
    const QString words = only ? text.mid(1).trimmed() : text;
    const FuzzyQuery query(words);
    beginResetModel();
    m_entries.clear();
    m_shown = m_found = 0;
    const std::size_t most = only ? kAlone : kMixed;
    const auto wants = [&](char mark) { return !only || prefix == QLatin1Char(mark); };
    if (wants('>'))
        addActions(query, query.isEmpty() ? kAlone : most);
    // Without a word or a sign there would be ten thousand of them.
    if (only || !query.isEmpty()) {
        if (wants('@'))
            addOperators(query, most);
        if (wants('#'))
            addTensors(query, most);
        if (wants(':'))
            addRuns(query, most);
    }
    if (!only) {
        addFiles(query, most);
        addFilter(words);
    }
    endResetModel();
}

void PaletteModel::addGroup(const QString &title, std::vector<Scored> found, std::size_t most)
{
    if (found.empty())
        return;
    std::ranges::stable_sort(found, std::greater{}, &Scored::score);
    PaletteEntry heading;
    heading.text = title;
    m_entries.push_back(std::move(heading));
    m_found += static_cast<int>(found.size());
    const std::size_t shown = std::min(most, found.size());
    m_shown += static_cast<int>(shown);
    for (std::size_t i = 0; i < shown; ++i)
        m_entries.push_back(std::move(found[i].entry));
}

void PaletteModel::addActions(const FuzzyQuery &query, std::size_t most)
{
    std::vector<Scored> actions = findActions(query, false), views = findActions(query, true);
    const auto best = [](const std::vector<Scored> &found) {
        return found.empty() ? std::numeric_limits<int>::min() : std::ranges::max_element(found, {}, &Scored::score)->score;
    };
    // Return takes the first: a view that is called so goes before an action that only has to do with it.
    const bool viewsFirst = !query.isEmpty() && best(views) > best(actions);
    if (viewsFirst)
        addGroup(tr("Views"), std::move(views), most);
    addGroup(tr("Actions"), std::move(actions), query.isEmpty() ? most : most + 2);
    if (!viewsFirst)
        addGroup(tr("Views"), std::move(views), most);
}

std::vector<PaletteModel::Scored> PaletteModel::findActions(const FuzzyQuery &query, bool views) const
{
    std::vector<Scored> found;
    for (const QString &id : m_actions.ids()) {
        const ActionSpec &spec = m_actions.spec(id);
        if (spec.isView != views || id == QLatin1String("view.palette"))
            continue;
        PaletteEntry entry;
        entry.kind = views ? PaletteEntry::Kind::View : PaletteEntry::Kind::Action;
        entry.text = m_actions.plainText(id);
        std::optional<FuzzyMatch> match = query.match(entry.text);
        if (match)
            entry.marks = match->positions;
        else if (match = query.match(
                     entry.text + QLatin1Char(' ') + spec.tip + QLatin1Char(' ') + spec.tags + QLatin1Char(' ') + id, false);
                 match)
            match->score /= 2;
        if (!match)
            continue;
        QAction *action = m_actions.action(id);
        entry.enabled = action->isEnabled();
        entry.detail = entry.enabled ? spec.tip : m_actions.reason(id);
        if (entry.detail == entry.text)
            entry.detail.clear();
        entry.shortcut = action->shortcut().toString(QKeySequence::NativeText);
        entry.icon = spec.icon.value_or(Icon::Command);
        entry.run = [action] { action->trigger(); };
        if (!entry.enabled && !query.isEmpty())
            match->score -= 100;
        found.push_back({match->score, std::move(entry)});
    }
    return found;
}

void PaletteModel::addOperators(const FuzzyQuery &query, std::size_t most)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    const core::Graph &graph = document->graph();
    std::vector<std::pair<int, core::NodeId>> hits;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const core::NodeId node(i);
        if (const auto match = query.match(toQString(graph.nameOf(node)), false))
            hits.emplace_back(match->score, node);
    }
    std::ranges::stable_sort(hits, std::greater{}, [](const auto &hit) { return hit.first; });
    std::vector<Scored> found(hits.size());
    for (std::size_t i = 0; i < std::min(most, hits.size()); ++i) {
        const auto [score, node] = hits[i];
        PaletteEntry &entry = found[i].entry;
        found[i].score = score;
        entry.kind = PaletteEntry::Kind::Operator;
        entry.icon = Icon::Node;
        setName(entry, toQString(graph.nameOf(node)), query);
        entry.detail = toQString(document->opText(node)) + QStringLiteral("   ") + toQString(document->outputShape(node));
        entry.run = [this, node = node] {
            m_workspace.selectNode(node);
            Q_EMIT m_workspace.viewRequested(QStringLiteral("graph"));
        };
    }
    addGroup(tr("Operators"), std::move(found), most);
}

void PaletteModel::addTensors(const FuzzyQuery &query, std::size_t most)
{
    const auto document = m_workspace.document();
    if (!document)
        return;
    const core::Graph &graph = document->graph();
    std::vector<std::pair<int, core::TensorId>> hits;
    for (const core::QuantizableTensor &quantizable : document->quantizable) {
        if (const auto match = query.match(toQString(graph.nameOf(quantizable.tensor)), false))
            hits.emplace_back(match->score, quantizable.tensor);
    }
    std::ranges::stable_sort(hits, std::greater{}, [](const auto &hit) { return hit.first; });
    std::vector<Scored> found(hits.size());
    for (std::size_t i = 0; i < std::min(most, hits.size()); ++i) {
        const auto [score, tensor] = hits[i];
        PaletteEntry &entry = found[i].entry;
        found[i].score = score;
        entry.kind = PaletteEntry::Kind::Tensor;
        entry.icon = Icon::Encodings;
        setName(entry, toQString(graph.nameOf(tensor)), query);
        entry.detail = toQString(document->shapeText(tensor));
        entry.run = [this, tensor = tensor] {
            m_workspace.selectTensor(tensor);
            Q_EMIT m_workspace.viewRequested(QStringLiteral("encodings"));
        };
    }
    addGroup(tr("Tensors"), std::move(found), most);
}

void PaletteModel::addRuns(const FuzzyQuery &query, std::size_t most)
{
    std::vector<Scored> found;
    for (const auto &run : m_workspace.runs()) {
        const auto match = query.match(run->name);
        if (!match)
            continue;
        PaletteEntry entry;
        entry.kind = PaletteEntry::Kind::Run;
        entry.icon = Icon::Timeline;
        setName(entry, run->name, query);
        const auto &latency = run->summary.latency;
        entry.detail = run->live ? tr("live")
                                 : tr("p50 %1, n=%2")
                                       .arg(formatDuration(static_cast<qint64>(latency.p50Ns)),
                                            formatCount(static_cast<qint64>(latency.count)));
        // Views show the newest run; of an older one the comparison tells.
        const bool newest = run.get() == m_workspace.run();
        entry.run = [this, newest] {
            Q_EMIT m_workspace.viewRequested(newest ? QStringLiteral("timeline") : QStringLiteral("compare"));
        };
        found.push_back({match->score, std::move(entry)});
    }
    std::ranges::reverse(found);
    addGroup(tr("Runs"), std::move(found), most);
}

void PaletteModel::addFiles(const FuzzyQuery &query, std::size_t most)
{
    std::vector<Scored> found;
    for (const RecentFile &file : RecentFiles::read()) {
        const QFileInfo info(file.path);
        const auto match = query.match(info.fileName());
        if (!match)
            continue;
        PaletteEntry entry;
        entry.kind = PaletteEntry::Kind::File;
        entry.icon = Icon::File;
        setName(entry, info.fileName(), query);
        entry.hover = file.path;
        entry.detail = shortened(QDir::toNativeSeparators(info.path()));
        entry.run = [this, path = file.path] { m_openFile(path); };
        found.push_back({match->score, std::move(entry)});
    }
    addGroup(tr("Recent files"), std::move(found), most);
}

void PaletteModel::addFilter(const QString &text)
{
    if (text.isEmpty() || !(m_workspace.document() || m_workspace.run()))
        return;
    PaletteEntry entry;
    entry.kind = PaletteEntry::Kind::Action;
    entry.icon = Icon::Filter;
    entry.text = tr("Filter all views: %1").arg(shortened(text));
    entry.run = [this, text] { m_workspace.setFilter(text); };
    std::vector<Scored> one;
    one.push_back({0, std::move(entry)});
    addGroup(tr("Filter"), std::move(one), 1);
}

int PaletteModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : static_cast<int>(m_entries.size()); }

QVariant PaletteModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const PaletteEntry &shown = entry(index.row());
    switch (role) {
    case Qt::DisplayRole: return shown.text;
    case Qt::ToolTipRole: return shown.hover.isEmpty() ? shown.detail : shown.hover;
    case Qt::AccessibleTextRole:
        return shown.detail.isEmpty() ? shown.text : QStringLiteral("%1, %2").arg(shown.text, shown.detail);
    case MarksRole: return QVariant::fromValue(shown.marks);
    case DetailRole: return shown.detail;
    case ShortcutRole: return shown.shortcut;
    case KindRole: return static_cast<int>(shown.kind);
    case IconRole: return static_cast<int>(shown.icon);
    default: return {};
    }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    const PaletteEntry &shown = entry(index.row());
    if (shown.kind == PaletteEntry::Kind::Heading)
        return Qt::ItemNeverHasChildren;
    // A disabled action can be reached with the keys, so that its reason can be read.
    return Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
}

} // namespace nordlys::studio
