// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace.h"

#include "live_metrics.h"
#include "placement_keeper.h"
#include "text.h"

#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace nordlys::studio {

const runtime::TensorError *EvaluationState::find(std::string_view tensor) const
{
    const auto found = index.find(tensor);
    return found == index.end() ? nullptr : &result.tensors[found->second];
}

Workspace::Workspace(QObject *parent)
    // Made first, so that it hears of changes before every view does.
    : QObject(parent), m_history(this), m_placement(new PlacementKeeper(*this)), m_live(new LiveMetrics(*this))
{
    connect(&m_history, &EditHistory::changed, this, [this] {
        Q_EMIT editsChanged();
        Q_EMIT titleChanged();
    });
    connect(&m_history.stack(), &QUndoStack::cleanChanged, this, &Workspace::titleChanged);
}

Workspace::~Workspace()
{
    // The stack reports its own end; nobody may be told by a workspace that is half gone.
    m_history.stack().disconnect();
    m_history.disconnect(this);
}

void Workspace::setDocument(std::shared_ptr<const Document> document, core::EditState edits)
{
    m_placement->forget();
    m_live->forget();
    m_document = std::move(document);
    m_selection = {};
    m_selectedNodes = {};
    m_range.reset();
    m_calibration.reset();
    m_evaluation.reset();
    m_run = nullptr;
    m_baseline = nullptr;
    m_highestRun = 0;
    m_runs.clear();
    m_projectPath.clear();
    m_calibrationInputs = {};
    m_evaluationInputs = {};
    m_labelsPath.clear();
    m_touched = false;
    m_history.reset(std::move(edits));
    Q_EMIT documentChanged();
    // Whoever shows the plan asks for nodes of the document that it knows.
    m_placement->replan();
    Q_EMIT selectionChanged();
    Q_EMIT rangeChanged();
    Q_EMIT calibrationChanged();
    Q_EMIT evaluationChanged();
    Q_EMIT inputsChanged();
    Q_EMIT runsChanged();
    Q_EMIT baselineChanged();
    Q_EMIT titleChanged();
}

void Workspace::closeDocument() { setDocument(nullptr, {}); }

void Workspace::setProjectPath(const QString &path)
{
    m_projectPath = path;
    Q_EMIT titleChanged();
}

QString Workspace::title() const
{
    if (!m_projectPath.isEmpty())
        return QFileInfo(m_projectPath).fileName();
    if (m_document)
        return QFileInfo(toQString(m_document->path)).fileName();
    if (const RunRecord *current = run(); current && current->fromFile)
        return QFileInfo(toQString(current->recording)).fileName();
    return {};
}

bool Workspace::isModified() const
{
    return m_document && (m_touched || !const_cast<EditHistory &>(m_history).stack().isClean());
}

void Workspace::touch()
{
    if (!std::exchange(m_touched, true))
        Q_EMIT titleChanged();
}

void Workspace::setClean()
{
    m_touched = false;
    m_history.markSaved(m_history.state());
    Q_EMIT titleChanged();
}

void Workspace::setSaved(const core::EditState &edits)
{
    m_history.markSaved(edits);
    m_touched = false;
    Q_EMIT titleChanged();
}

void Workspace::setSelection(const Selection &selection, NodeSet nodes)
{
    if (m_selection == selection && m_selectedNodes == nodes)
        return;
    m_selection = selection;
    m_selectedNodes = std::move(nodes);
    Q_EMIT selectionChanged();
}

void Workspace::selectNode(core::NodeId node) { setSelection({node, {}}, NodeSet({node})); }

void Workspace::selectNodes(std::vector<core::NodeId> nodes, core::NodeId current)
{
    NodeSet wanted(std::move(nodes));
    if (!wanted.contains(current))
        current = wanted.empty() ? core::NodeId() : wanted.nodes().front();
    setSelection({current, {}}, std::move(wanted));
}

void Workspace::toggleNode(core::NodeId node)
{
    if (!node.isValid())
        return;
    std::vector<core::NodeId> nodes = m_selectedNodes.nodes();
    if (!isSelected(node)) {
        nodes.push_back(node);
        return selectNodes(std::move(nodes), node);
    }
    std::erase(nodes, node);
    selectNodes(std::move(nodes), m_selection.node == node ? core::NodeId() : m_selection.node);
}

void Workspace::selectTensor(core::TensorId tensor)
{
    Selection wanted{{}, tensor};
    if (m_document && tensor.isValid()) {
        const core::Tensor &entry = m_document->graph().tensor(tensor);
        wanted.node = entry.producer.isValid() || entry.consumers.empty() ? entry.producer : entry.consumers.front();
    }
    setSelection(wanted, NodeSet({wanted.node}));
}

void Workspace::clearSelection() { setSelection({}, {}); }

void Workspace::setFilter(const QString &filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    Q_EMIT filterChanged();
}

void Workspace::setRange(std::optional<TimeRange> range)
{
    if (m_range == range)
        return;
    m_range = range;
    Q_EMIT rangeChanged();
}

void Workspace::setInputs(const InputSource &calibration, const InputSource &evaluation, const QString &labels)
{
    if (m_calibrationInputs == calibration && m_evaluationInputs == evaluation && m_labelsPath == labels)
        return;
    m_calibrationInputs = calibration;
    m_evaluationInputs = evaluation;
    m_labelsPath = labels;
    Q_EMIT inputsChanged();
}

void Workspace::setCalibration(std::optional<CalibrationState> calibration)
{
    m_calibration = std::move(calibration);
    Q_EMIT calibrationChanged();
}

void Workspace::setEvaluation(std::optional<EvaluationState> evaluation)
{
    m_evaluation = std::move(evaluation);
    if (m_evaluation) {
        m_evaluation->index.clear();
        for (std::size_t i = 0; i < m_evaluation->result.tensors.size(); ++i)
            m_evaluation->index.emplace(m_evaluation->result.tensors[i].name, i);
    }
    Q_EMIT evaluationChanged();
}

int Workspace::evaluationAge() const
{
    return m_evaluation ? m_history.stepsSince(m_evaluation->edits, m_evaluation->undoIndex) : 0;
}

// The number of a run that is called "r" and a number; 0: it is called otherwise.
static int numberOf(const QString &name) { return name.startsWith(QLatin1Char('r')) ? std::max(0, name.mid(1).toInt()) : 0; }

RunRecord &Workspace::addRun(std::unique_ptr<RunRecord> run)
{
    const QString wanted = run->name;
    // Among many of one name the next free number is near their count; trying all would take for ever.
    const int count = static_cast<int>(m_runs.size()), first = count < 64 ? 2 : count + 1;
    for (int i = first; !whyNoRunName(run.get(), run->name).isEmpty() && i <= first + count; ++i)
        run->name = QStringLiteral("%1 (%2)").arg(wanted.left(100)).arg(i);
    m_runs.push_back(std::move(run));
    m_range.reset();
    m_run = m_runs.back().get();
    m_highestRun = std::max({m_highestRun, numberOf(m_run->name), numberOf(toQString(m_run->recording.stem()))});
    RunRecord &added = *m_run;
    Q_EMIT rangeChanged();
    Q_EMIT runsChanged();
    if (m_runs.size() == 1)
        Q_EMIT baselineChanged();
    return added;
}

void Workspace::removeRun(const RunRecord *run)
{
    const auto found = std::ranges::find(m_runs, run, [](const auto &entry) { return entry.get(); });
    if (found == m_runs.end())
        return;
    const RunRecord *before = baseline();
    // Whoever listens may still look at the record while it is told.
    const std::shared_ptr<RunRecord> kept = *found;
    m_runs.erase(found);
    if (m_baseline == run)
        m_baseline = nullptr;
    if (m_run == run) {
        m_run = m_runs.empty() ? nullptr : m_runs.back().get();
        m_range.reset();
        Q_EMIT rangeChanged();
    }
    Q_EMIT runsChanged();
    if (baseline() != before)
        Q_EMIT baselineChanged();
}

void Workspace::showRun(const RunRecord *run)
{
    const auto found = std::ranges::find(m_runs, run, [](const auto &entry) { return entry.get(); });
    if (found == m_runs.end() || run == m_run)
        return;
    m_run = found->get();
    m_range.reset();
    Q_EMIT rangeChanged();
    Q_EMIT runsChanged();
}

void Workspace::setBaseline(const RunRecord *run)
{
    const RunRecord *before = baseline();
    const bool known = std::ranges::find(m_runs, run, [](const auto &entry) { return entry.get(); }) != m_runs.end();
    m_baseline = known ? run : nullptr;
    if (baseline() != before) {
        touch();
        Q_EMIT baselineChanged();
    }
}

QString Workspace::whyNoRunName(const RunRecord *run, const QString &name) const
{
    constexpr qsizetype kMostLetters = 200;
    if (name.trimmed().isEmpty())
        return tr("A run needs a name.");
    if (name.size() > kMostLetters)
        return tr("A name has at most %1 characters.").arg(kMostLetters);
    const bool taken = std::ranges::any_of(
        m_runs, [&](const auto &entry) { return entry.get() != run && entry->name == name.trimmed(); });
    return taken ? tr("Another run is called %1.").arg(name.trimmed()) : QString();
}

bool Workspace::renameRun(const RunRecord *run, const QString &name)
{
    const auto found = std::ranges::find(m_runs, run, [](const auto &entry) { return entry.get(); });
    if (found == m_runs.end() || !whyNoRunName(run, name).isEmpty())
        return false;
    if ((*found)->name != name.trimmed()) {
        (*found)->name = name.trimmed();
        touch();
        Q_EMIT runsChanged();
    }
    return true;
}

QString Workspace::nextRunName() const { return QStringLiteral("r%1").arg(m_highestRun + 1); }

int Workspace::runAge() const
{
    const RunRecord *current = run();
    return current && !current->fromFile ? m_history.stepsSince(current->edits, current->undoIndex) : 0;
}

} // namespace nordlys::studio
