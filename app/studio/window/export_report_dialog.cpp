// SPDX-License-Identifier: GPL-3.0-or-later
#include "export_report_dialog.h"

#include "export_status.h"

#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/workspace/text.h>

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QVBoxLayout>

#include <array>
#include <cmath>

namespace nordlys::studio {
namespace {

enum Format { Html, Pdf, Json, Csv, FormatCount };
constexpr std::array<const char *, FormatCount> kEndings{"html", "pdf", "json", "csv"};

QString endingOf(int format) { return QString::fromLatin1(kEndings.at(static_cast<std::size_t>(format))); }

/// -1: no report has such a name.
int formatOf(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    for (int i = 0; i < FormatCount; ++i) {
        if (suffix == endingOf(i))
            return i;
    }
    return suffix == QLatin1String("htm") ? Html : -1;
}

/// "r2, 7.27 ms, float32, 2 threads"; a long name leaves room for the rest.
QString runText(const RunRecord &run, const QFontMetrics &letters)
{
    QStringList parts{letters.elidedText(run.name.simplified(), Qt::ElideMiddle, scaled(160))};
    if (run.summary.latency.count > 0)
        parts << formatDuration(std::llround(run.summary.latency.p50Ns));
    parts << run.condition();
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", ")).simplified();
}

} // namespace

ExportReportDialog::ExportReportDialog(Workspace &workspace, QWidget *parent)
    : QDialog(parent), m_workspace(workspace), m_exporter(workspace), m_path(new QLineEdit(this)), m_title(new QLineEdit(this)),
      m_format(new QComboBox(this)), m_run(new QComboBox(this)),
      m_baseline(new QComboBox(this)), m_graph{new QCheckBox(tr("Graph with heat"), this), new InkLabel(CellInk::Note, this)},
      m_encodings{new QCheckBox(tr("Encodings"), this), new InkLabel(CellInk::Note, this)},
      m_accuracy{new QCheckBox(tr("Accuracy"), this), new InkLabel(CellInk::Note, this)}, m_status(new ExportStatus(this)),
      m_write(new QPushButton(tr("Export"), this)), m_cancel(new QPushButton(tr("Cancel"), this)),
      m_choose(new QPushButton(tr("Choose…"), this))
{
    setObjectName(QStringLiteral("exportReportDialog"));
    setWindowTitle(tr("Export report"));
    auto *buttons = new QDialogButtonBox(this);
    buttons->addButton(m_write, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_cancel, QDialogButtonBox::RejectRole);
    auto *column = new QVBoxLayout(this);
    column->setSpacing(metrics().gapLarge);
    column->addLayout(newForm());
    column->addWidget(m_status);
    column->addWidget(buttons);

    fillRuns();
    const int format = QSettings().value(QStringLiteral("report/format"), int(Html)).toInt();
    m_format->setCurrentIndex(format >= 0 && format < FormatCount ? format : int(Html));
    m_path->setText(suggestedPath(endingOf(m_format->currentIndex())));
    offerParts();

    connect(m_write, &QPushButton::clicked, this, &ExportReportDialog::startWriting);
    connect(m_cancel, &QPushButton::clicked, this, &ExportReportDialog::reject);
    connect(m_choose, &QPushButton::clicked, this, &ExportReportDialog::choosePath);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportReportDialog::followFormat);
    for (QLineEdit *field : {m_path, m_title})
        connect(field, &QLineEdit::textChanged, this, &ExportReportDialog::check);
    for (QComboBox *box : {m_run, m_baseline})
        connect(box, &QComboBox::currentIndexChanged, this, &ExportReportDialog::check);
    for (Part *part : {&m_graph, &m_encodings, &m_accuracy})
        connect(part->box, &QCheckBox::clicked, this, [this, part](bool on) {
            part->wanted = on;
            check();
        });
    connect(&m_exporter.job(), &JobBase::progressed, this, [this] {
        const JobProgress &progress = m_exporter.job().progress();
        if (m_state == State::Writing)
            m_status->showProgress(m_exporter.stageText(), static_cast<int>(progress.done), static_cast<int>(progress.total));
    });
    connect(&m_exporter, &ReportExporter::written, this, [this](const QString &path) {
        m_written = path;
        setState(State::Written);
        m_status->showWritten(path);
    });
    connect(&m_exporter, &ReportExporter::failed, this, [this](const core::Error &error) {
        setState(State::Asking);
        m_path->setFocus();
        m_status->showProblem(toQString(error.text()));
    });
    connect(&m_exporter, &ReportExporter::stopped, this, [this] {
        setState(State::Asking);
        m_write->setFocus();
        m_status->showNote(tr("Stopped. Nothing was written."));
    });
    connect(&m_workspace, &Workspace::documentChanged, this, &QDialog::close);
    connect(&m_workspace, &Workspace::runsChanged, this, [this] {
        fillRuns();
        if (m_state == State::Asking)
            check();
    });
    setState(State::Asking);
    check();
}

ExportReportDialog::~ExportReportDialog() = default;

QFormLayout *ExportReportDialog::newForm()
{
    m_format->setObjectName(QStringLiteral("reportFormat"));
    m_format->addItems({tr("HTML, one file that opens offline"), tr("PDF, for paper"), tr("JSON, everything as data"),
                        tr("CSV, the layer table")});
    m_path->setObjectName(QStringLiteral("reportPath"));
    m_path->setMinimumWidth(scaled(360));
    setBarSize(m_choose);
    m_choose->setAutoDefault(false);
    m_title->setObjectName(QStringLiteral("reportTitle"));
    m_title->setPlaceholderText(tr("made from model and device"));
    m_title->setMaxLength(200);
    m_run->setObjectName(QStringLiteral("reportRun"));
    m_baseline->setObjectName(QStringLiteral("reportBaseline"));
    // A run may have any name; the boxes stay as wide as the other fields.
    for (QComboBox *box : {m_run, m_baseline}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(20);
    }
    for (const auto &[part, name] :
         {std::pair{&m_graph, "reportGraph"}, {&m_encodings, "reportEncodings"}, {&m_accuracy, "reportAccuracy"}})
        part->box->setObjectName(QString::fromLatin1(name));
    auto *file = new QHBoxLayout;
    file->setSpacing(metrics().gapSmall);
    file->addWidget(m_path, 1);
    file->addWidget(m_choose);
    auto *parts = new QVBoxLayout;
    parts->setSpacing(metrics().gapTiny);
    for (const Part *part : {&m_graph, &m_encodings, &m_accuracy}) {
        auto *row = new QHBoxLayout;
        row->setSpacing(metrics().gap);
        row->addWidget(part->box);
        row->addWidget(part->whyNot, 1);
        parts->addLayout(row);
    }
    auto *form = new QFormLayout;
    form->setHorizontalSpacing(metrics().gapHuge);
    form->setVerticalSpacing(metrics().gap);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("Format"), m_format);
    form->addRow(tr("File"), file);
    form->addRow(tr("Title"), m_title);
    form->addRow(tr("Run"), m_run);
    form->addRow(tr("Compared with"), m_baseline);
    form->addRow(tr("Includes"), parts);
    for (const auto &[field, name] :
         std::initializer_list<std::pair<QWidget *, QString>>{{m_path, tr("File")}, {m_format, tr("Format")}})
        field->setAccessibleName(name);
    return form;
}

// Beside the project or model, else where documents go; never a file that is there already.
QString ExportReportDialog::suggestedPath(const QString &ending) const
{
    QString folder;
    if (!m_workspace.projectPath().isEmpty())
        folder = QFileInfo(m_workspace.projectPath()).absolutePath();
    else if (m_workspace.document())
        folder = QFileInfo(toQString(m_workspace.document()->path)).absolutePath();
    if (folder.isEmpty() || !QFileInfo(folder).isWritable())
        folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    if (!QFileInfo(folder).isWritable())
        folder = QDir::homePath();
    QString name = QFileInfo(m_workspace.title()).completeBaseName();
    if (name.isEmpty() && runOf(*m_run))
        name = QFileInfo(QString::fromStdString(runOf(*m_run)->key())).fileName();
    name = name.isEmpty() ? QStringLiteral("report") : name.left(100) + QStringLiteral("-report");
    const QString stem = QDir(folder).filePath(name);
    QString path = stem + QLatin1Char('.') + ending;
    constexpr int kMost = 1000;
    for (int i = 2; i < kMost && QFileInfo::exists(path); ++i)
        path = QStringLiteral("%1-%2.%3").arg(stem).arg(i).arg(ending);
    return path;
}

void ExportReportDialog::fillRuns()
{
    const RunRecord *run = m_run->count() > 0 ? runOf(*m_run) : m_workspace.run();
    const RunRecord *baseline = m_baseline->count() > 0 ? runOf(*m_baseline) : m_workspace.baseline();
    std::vector<std::shared_ptr<RunRecord>> choices;
    for (const auto &entry : m_workspace.runs()) {
        if (!entry->live)
            choices.push_back(entry);
    }
    m_choices = std::move(choices);
    for (QComboBox *box : {m_run, m_baseline}) {
        const QSignalBlocker quiet(box);
        box->clear();
        box->addItem(box == m_run ? tr("no run") : tr("no other run"));
        for (const auto &entry : m_choices) {
            box->addItem(runText(*entry, fontMetrics()));
            box->setItemData(box->count() - 1, entry->name, Qt::ToolTipRole);
            if (entry.get() == (box == m_run ? run : baseline))
                box->setCurrentIndex(box->count() - 1);
        }
    }
    const QSignalBlocker quiet(m_baseline);
    if (runOf(*m_baseline) == runOf(*m_run))
        m_baseline->setCurrentIndex(0);
}

const RunRecord *ExportReportDialog::runOf(const QComboBox &box) const
{
    const int index = box.currentIndex() - 1;
    return index >= 0 && index < static_cast<int>(m_choices.size()) ? m_choices[static_cast<std::size_t>(index)].get() : nullptr;
}

void ExportReportDialog::choosePath()
{
    const std::array<QString, FormatCount> filters{tr("HTML (*.html)"), tr("PDF (*.pdf)"), tr("JSON (*.json)"),
                                                   tr("CSV (*.csv)")};
    QString path = QFileDialog::getSaveFileName(this, tr("Export report"), m_path->text(),
                                                filters.at(static_cast<std::size_t>(m_format->currentIndex())));
    if (path.isEmpty())
        return;
    if (QFileInfo(path).suffix().isEmpty())
        path += QLatin1Char('.') + endingOf(m_format->currentIndex());
    m_path->setText(path);
}

void ExportReportDialog::followFormat()
{
    const QFileInfo file(m_path->text());
    offerParts();
    m_path->setText(QDir(file.path()).filePath(file.completeBaseName() + QLatin1Char('.') + endingOf(m_format->currentIndex())));
    check();
}

void ExportReportDialog::offerParts()
{
    const int format = m_format->currentIndex();
    const auto offer = [format](Part &part, const QString &whyNot, bool fits) {
        const QString reason = !fits ? format == Csv ? tr("not in a table of layers") : tr("in HTML only") : whyNot;
        part.box->setEnabled(reason.isEmpty());
        part.box->setChecked(reason.isEmpty() && part.wanted);
        part.whyNot->setText(reason);
    };
    offer(m_graph, m_workspace.document() ? QString() : tr("no model is open"), format == Html);
    offer(m_encodings, m_workspace.encodings().empty() ? tr("there are none yet") : QString(), format != Csv);
    offer(m_accuracy, m_workspace.evaluation() ? QString() : tr("nothing was evaluated yet"), format != Csv);
    m_title->setEnabled(format != Csv);
}

void ExportReportDialog::check()
{
    if (m_state == State::Writing)
        return;
    setState(State::Asking);
    const QString path = m_path->text().trimmed();
    const QFileInfo file(path);
    const int format = formatOf(path);
    if (format >= 0 && format != m_format->currentIndex()) {
        const QSignalBlocker quiet(m_format);
        m_format->setCurrentIndex(format);
        offerParts();
    }
    QString wrongPath, problem;
    if (path.isEmpty())
        wrongPath = tr("Choose a file.");
    else if (format < 0)
        wrongPath = tr("The name must end in .html, .pdf, .json or .csv.");
    else if (!file.dir().exists())
        wrongPath = tr("There is no folder %1.").arg(file.absolutePath());
    else if (file.isDir())
        wrongPath = tr("%1 is a folder.").arg(file.absoluteFilePath());
    else if (!m_workspace.document() && !runOf(*m_run))
        problem = tr("Choose a run: there is no model to report on.");
    else if (runOf(*m_run) && runOf(*m_run) == runOf(*m_baseline))
        problem = tr("A run cannot be compared with itself.");
    setInvalid(m_path, !wrongPath.isEmpty());
    m_write->setEnabled(wrongPath.isEmpty() && problem.isEmpty());
    if (!wrongPath.isEmpty() || !problem.isEmpty())
        m_status->showProblem(wrongPath.isEmpty() ? problem : wrongPath);
    else if (file.exists())
        m_status->showNote(tr("The file is there already and will be replaced."));
    else
        m_status->clear();
}

void ExportReportDialog::setState(State state)
{
    m_state = state;
    const bool writing = state == State::Writing;
    for (QWidget *field : std::initializer_list<QWidget *>{m_path, m_format, m_run, m_choose})
        field->setEnabled(!writing);
    m_baseline->setEnabled(!writing && runOf(*m_run) != nullptr);
    if (writing) {
        for (QWidget *field : std::initializer_list<QWidget *>{m_title, m_graph.box, m_encodings.box, m_accuracy.box})
            field->setEnabled(false);
    } else {
        offerParts();
    }
    m_write->setEnabled(!writing);
    m_cancel->setEnabled(true);
    m_cancel->setText(state == State::Written ? tr("Close") : writing ? tr("Stop") : tr("Cancel"));
    // What Enter does next.
    QPushButton *next = state == State::Written ? m_cancel : m_write;
    setPrimary(m_write, next == m_write);
    setPrimary(m_cancel, next == m_cancel);
    next->setDefault(true);
    if (state == State::Written)
        m_cancel->setFocus();
}

void ExportReportDialog::startWriting()
{
    QSettings().setValue(QStringLiteral("report/format"), m_format->currentIndex());
    setState(State::Writing);
    m_status->showProgress(tr("Starting"), 0, 0);
    m_exporter.start({m_path->text().trimmed(), m_title->text(), runOf(*m_run), runOf(*m_baseline), m_graph.box->isChecked(),
                      m_encodings.box->isChecked(), m_accuracy.box->isChecked()});
}

void ExportReportDialog::reject()
{
    if (m_state != State::Writing) {
        QDialog::reject();
        return;
    }
    m_exporter.job().cancel(); // the answer is on its way
    m_cancel->setEnabled(false);
    m_status->showProgress(tr("Stopping"), 0, 0);
}

} // namespace nordlys::studio
