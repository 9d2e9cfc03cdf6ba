// SPDX-License-Identifier: GPL-3.0-or-later
#include "run_settings_form.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/widgets/ink_label.h>
#include <studio/workspace/build_settings.h>

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>

namespace nordlys::studio {
namespace {

constexpr int kInferences = 0, kSeconds = 1;

// As one would type it: no padding zeros, the locale's decimal sign.
QString plain(double value)
{
    QString text = plainExact(value);
    return text.replace(QLatin1Char('.'), QLocale().decimalPoint());
}

} // namespace

RunSettingsForm::RunSettingsForm(Runner &runner, QWidget *parent)
    : QWidget(parent), m_runner(runner), m_kind(new QComboBox(this)), m_profiling(new QComboBox(this)),
      m_length(addField(Field::Iterations, "runLength", tr("Length"))), m_choose(new QPushButton(this)),
      m_problem(new InkLabel(CellInk::Error, this))
{
    m_kind->setObjectName(QStringLiteral("runKind"));
    m_kind->setAccessibleName(tr("Length counted in"));
    m_kind->addItem(tr("inferences"));
    m_kind->addItem(tr("seconds"));
    m_profiling->setObjectName(QStringLiteral("runProfiling"));
    m_profiling->setAccessibleName(tr("Profiling"));
    m_profiling->addItem(tr("off: latencies only"), QStringLiteral("off"));
    m_profiling->addItem(tr("basic: and counters"), QStringLiteral("basic"));
    m_profiling->addItem(tr("detailed: and layers"), QStringLiteral("detailed"));
    QLineEdit *warmup = addField(Field::Warmup, "runWarmup", tr("Warm-up"));
    QLineEdit *threads = addField(Field::Threads, "runThreads", tr("Threads"));
    QLineEdit *rate = addField(Field::SampleRate, "runSampleRate", tr("Telemetry rate"));
    QLineEdit *record = addField(Field::RecordTo, "runRecordTo", tr("Record to"));
    m_fields[Field::Duration] = m_length;
    m_choose->setIcon(icon(Icon::FolderOpen));
    m_choose->setToolTip(tr("Choose a file…"));
    m_choose->setAccessibleName(m_choose->toolTip());
    setBarSize(m_choose);
    m_problem->setWordWrap(true);
    m_problem->setObjectName(QStringLiteral("runProblem"));
    m_problem->hide();

    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(metrics().dockMargin, metrics().gapTiny, metrics().dockMargin, metrics().gapLarge);
    grid->setHorizontalSpacing(metrics().gap);
    grid->setVerticalSpacing(metrics().gap);
    grid->setColumnMinimumWidth(0, scaled(76));
    grid->setColumnStretch(1, 1);
    int row = 0;
    const auto add = [&](const QString &text, QWidget *field, QWidget *beside = nullptr, const QString &unit = {}) {
        auto *label = new InkLabel(text, CellInk::Note, this);
        label->setBuddy(field);
        grid->addWidget(label, row, 0);
        grid->addWidget(field, row, 1, 1, beside || !unit.isEmpty() ? 1 : 2);
        if (beside)
            grid->addWidget(beside, row, 2);
        else if (!unit.isEmpty())
            grid->addWidget(new InkLabel(unit, CellInk::Note, this), row, 2);
        ++row;
    };
    add(tr("Length"), m_length, m_kind);
    add(tr("Warm-up"), warmup, nullptr, tr("inferences"));
    add(tr("Threads"), threads);
    add(tr("Profiling"), m_profiling);
    add(tr("Telemetry"), rate, nullptr, tr("per second"));
    auto *file = new QWidget(this);
    auto *fileRow = new QHBoxLayout(file);
    fileRow->setContentsMargins(0, 0, 0, 0);
    fileRow->setSpacing(metrics().gapSmall);
    fileRow->addWidget(record, 1);
    fileRow->addWidget(m_choose);
    file->setFocusProxy(record);
    add(tr("Record to"), file);
    grid->addWidget(m_problem, row, 0, 1, 3);
    threads->setPlaceholderText(tr("%1, one a core").arg(BuildSettings().threadCount()));
    record->setPlaceholderText(tr("beside the project"));
    QWidget *before = m_length;
    for (QWidget *next : std::initializer_list<QWidget *>{m_kind, warmup, threads, m_profiling, rate, record, m_choose}) {
        setTabOrder(before, next);
        before = next;
    }

    connect(m_kind, &QComboBox::activated, this, [this] {
        // What was typed meant another thing.
        m_length->setText(byCount() ? QStringLiteral("200") : QStringLiteral("10"));
        check(Field::Iterations);
        store();
    });
    connect(m_profiling, &QComboBox::activated, this, &RunSettingsForm::store);
    connect(m_choose, &QPushButton::clicked, this, [this, record] {
        const QString chosen = QFileDialog::getSaveFileName(this, tr("Record runs to"), record->text(), tr("Recordings (*.nrs)"));
        if (chosen.isEmpty())
            return;
        record->setText(chosen.endsWith(QLatin1String(".nrs")) ? chosen : chosen + QStringLiteral(".nrs"));
        check(Field::RecordTo);
        store();
    });
    connect(&m_runner, &Runner::settingsChanged, this, &RunSettingsForm::refresh);
    refresh();
}

QLineEdit *RunSettingsForm::addField(Field field, const char *name, const QString &accessible)
{
    auto *edit = new QLineEdit(this);
    edit->setObjectName(QString::fromLatin1(name));
    edit->setAccessibleName(accessible);
    m_fields[field] = edit;
    connect(edit, &QLineEdit::textEdited, this, [this, field] { check(field); });
    connect(edit, &QLineEdit::editingFinished, this, &RunSettingsForm::store);
    return edit;
}

bool RunSettingsForm::byCount() const { return m_kind->currentIndex() == kInferences; }

void RunSettingsForm::check(Field field)
{
    const bool length = field == Field::Iterations || field == Field::Duration;
    const Field asked = length ? (byCount() ? Field::Iterations : Field::Duration) : field;
    const QString why = RunSettings::whyInvalid(asked, m_fields[asked]->text());
    setInvalid(m_fields[asked], !why.isEmpty());
    m_fields[asked]->setToolTip(why);
    m_problem->setText(why);
    m_problem->setVisible(!why.isEmpty());
}

void RunSettingsForm::store()
{
    if (m_filling)
        return;
    RunSettings wanted = m_runner.settings;
    const auto take = [this](Field field, auto apply) {
        const QString text = m_fields[field]->text();
        if (RunSettings::whyInvalid(field, text).isEmpty())
            apply(text);
    };
    const auto number = [](const QString &text) { return parseNumber(text).value_or(0); };
    if (byCount()) {
        take(Field::Iterations, [&](const QString &text) { wanted.iterations = static_cast<std::uint64_t>(number(text)); });
    } else {
        take(Field::Duration, [&](const QString &text) {
            wanted.iterations = 0;
            wanted.durationSeconds = number(text);
        });
    }
    take(Field::Warmup, [&](const QString &text) { wanted.warmup = static_cast<std::uint32_t>(number(text)); });
    take(Field::Threads, [&](const QString &text) { wanted.threads = text.trimmed().toInt(); });
    take(Field::SampleRate, [&](const QString &text) { wanted.sampleRateHz = number(text); });
    take(Field::RecordTo, [&](const QString &text) {
        const QString path = text.trimmed();
        wanted.recordTo = path.isEmpty() ? QString() : QFileInfo(QDir::fromNativeSeparators(path)).absoluteFilePath();
    });
    wanted.profiling = m_profiling->currentData().toString();
    m_runner.setSettings(wanted);
}

void RunSettingsForm::refresh()
{
    m_filling = true;
    const RunSettings &settings = m_runner.settings;
    const auto set = [](QLineEdit *field, const QString &text) {
        if (field->hasFocus() && field->isModified())
            return; // somebody is typing there
        field->setText(text);
        setInvalid(field, false);
        field->setToolTip({});
    };
    m_kind->setCurrentIndex(settings.iterations > 0 ? kInferences : kSeconds);
    set(m_length, settings.iterations > 0 ? QString::number(settings.iterations)
                                          : plain(settings.durationSeconds));
    set(m_fields[Field::Warmup], QString::number(settings.warmup));
    set(m_fields[Field::Threads], settings.threads > 0 ? QString::number(settings.threads) : QString());
    set(m_fields[Field::SampleRate], plain(settings.sampleRateHz));
    set(m_fields[Field::RecordTo], QDir::toNativeSeparators(settings.recordTo));
    m_profiling->setCurrentIndex(std::max(0, m_profiling->findData(settings.profiling)));
    m_filling = false;
}

} // namespace nordlys::studio
