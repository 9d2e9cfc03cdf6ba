// SPDX-License-Identifier: GPL-3.0-or-later
#include "workspace.h"

#include "text.h"

#include <QFileInfo>

#include <algorithm>

namespace nordlys::studio {

const runtime::TensorError *EvaluationState::find(std::string_view tensor) const
{
    const auto found = index.find(tensor);
    return found == index.end() ? nullptr : &result.tensors[found->second];
}

Workspace::Workspace(QObject *parent) : QObject(parent), m_history(this)
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
    m_document = std::move(document);
    m_selection = {};
    m_range.reset();
    m_calibration.reset();
    m_evaluation.reset();
    m_runs.clear();
    m_projectPath.clear();
    m_calibrationInputs = {};
    m_evaluationInputs = {};
    m_labelsPath.clear();
    m_touched = false;
    m_history.reset(std::move(edits));
    Q_EMIT documentChanged();
    Q_EMIT selectionChanged();
    Q_EMIT rangeChanged();
    Q_EMIT calibrationChanged();
    Q_EMIT evaluationChanged();
    Q_EMIT inputsChanged();
    Q_EMIT runsChanged();
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
    m_history.stack().setClean();
    Q_EMIT titleChanged();
}

void Workspace::selectNode(core::NodeId node)
{
    const Selection wanted{node, {}};
    if (m_selection == wanted)
        return;
    m_selection = wanted;
    Q_EMIT selectionChanged();
}

void Workspace::selectTensor(core::TensorId tensor)
{
    Selection wanted{{}, tensor};
    if (m_document && tensor.isValid()) {
        const core::Tensor &entry = m_document->graph().tensor(tensor);
        wanted.node = entry.producer.isValid() || entry.consumers.empty() ? entry.producer : entry.consumers.front();
    }
    if (m_selection == wanted)
        return;
    m_selection = wanted;
    Q_EMIT selectionChanged();
}

void Workspace::clearSelection()
{
    if (m_selection == Selection())
        return;
    m_selection = {};
    Q_EMIT selectionChanged();
}

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

RunRecord &Workspace::addRun(std::unique_ptr<RunRecord> run)
{
    m_runs.push_back(std::move(run));
    m_range.reset();
    RunRecord &added = *m_runs.back();
    Q_EMIT rangeChanged();
    Q_EMIT runsChanged();
    return added;
}

void Workspace::removeRun(const RunRecord *run)
{
    std::erase_if(m_runs, [run](const auto &entry) { return entry.get() == run; });
    Q_EMIT runsChanged();
}

QString Workspace::nextRunName() const
{
    int highest = 0;
    for (const auto &entry : m_runs) {
        if (entry->name.startsWith(QLatin1Char('r')))
            highest = std::max(highest, entry->name.mid(1).toInt());
    }
    return QStringLiteral("r%1").arg(highest + 1);
}

int Workspace::runAge() const
{
    const RunRecord *current = run();
    return current && !current->fromFile ? m_history.stepsSince(current->edits, current->undoIndex) : 0;
}

} // namespace nordlys::studio
