// SPDX-License-Identifier: GPL-3.0-or-later
#include "build_settings_pane.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/widgets/ink_label.h>
#include <studio/workspace/build_settings.h>
#include <studio/workspace/counted.h>
#include <studio/workspace/text.h>

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>

#include <map>

namespace nordlys::studio {

BuildSettingsPane::BuildSettingsPane(Workspace &workspace, QWidget *parent)
    : QWidget(parent), m_workspace(workspace), m_precision(new QComboBox(this)), m_precisionNote(new InkLabel(CellInk::Note, this)),
      m_placement(new InkLabel(CellInk::Default, this)), m_problem(new InkLabel(CellInk::Error, this)),
      m_place(new QPushButton(tr("Show"), this)), m_choose(new QPushButton(this)), m_folder(new QLineEdit(this)),
      m_threads(new QLineEdit(this))
{
    m_precision->setObjectName(QStringLiteral("buildPrecision"));
    m_precision->setAccessibleName(tr("Precision"));
    m_precision->addItem(tr("automatic"), QString());
    m_precision->addItem(QStringLiteral("float32"), QStringLiteral("float32"));
    m_precision->addItem(QStringLiteral("quantsim"), QStringLiteral("quantsim"));
    m_folder->setObjectName(QStringLiteral("buildFolder"));
    m_folder->setAccessibleName(tr("Output folder"));
    m_threads->setObjectName(QStringLiteral("buildThreads"));
    m_threads->setAccessibleName(tr("Threads"));
    m_threads->setMaximumWidth(scaled(96));
    m_place->setToolTip(tr("Shows which backend runs what"));
    m_placement->setElided(true);
    m_precisionNote->setWordWrap(true);
    m_precisionNote->setFont(uiFont(11));
    m_problem->setWordWrap(true);
    m_problem->setObjectName(QStringLiteral("buildSettingsProblem"));
    m_problem->hide();
    setBarSize(m_place);
    m_choose->setIcon(icon(Icon::FolderOpen));
    m_choose->setToolTip(tr("Choose a folder…"));
    m_choose->setAccessibleName(m_choose->toolTip());
    setBarSize(m_choose);

    auto *grid = new QGridLayout(this);
    grid->setContentsMargins(metrics().dockMargin, metrics().gapTiny, metrics().dockMargin, metrics().gapLarge);
    grid->setHorizontalSpacing(metrics().gap);
    grid->setVerticalSpacing(metrics().gap);
    grid->setColumnMinimumWidth(0, scaled(76));
    grid->setColumnStretch(1, 1);
    int row = 0;
    const auto label = [&](const QString &text, QWidget *buddy) {
        auto *made = new InkLabel(text, CellInk::Note, this);
        made->setBuddy(buddy);
        grid->addWidget(made, row, 0);
    };
    label(tr("Precision"), m_precision);
    grid->addWidget(m_precision, row++, 1, 1, 2);
    grid->addWidget(m_precisionNote, row++, 1, 1, 2);
    label(tr("Placement"), m_place);
    grid->addWidget(m_placement, row, 1);
    grid->addWidget(m_place, row++, 2);
    label(tr("Folder"), m_folder);
    auto *folder = new QHBoxLayout;
    folder->setSpacing(metrics().gapSmall);
    folder->addWidget(m_folder, 1);
    folder->addWidget(m_choose);
    grid->addLayout(folder, row++, 1, 1, 2);
    label(tr("Threads"), m_threads);
    grid->addWidget(m_threads, row++, 1, 1, 2);
    grid->addWidget(m_problem, row++, 0, 1, 3);

    connect(m_precision, &QComboBox::activated, this, [this] {
        setBuildOption(m_workspace, kPrecisionOption, m_precision->currentData().toString(),
                       tr("Precision %1").arg(m_precision->currentText()));
    });
    connect(m_place, &QPushButton::clicked, this, [this] { Q_EMIT m_workspace.viewRequested(QStringLiteral("placement")); });
    connect(m_choose, &QPushButton::clicked, this, &BuildSettingsPane::chooseFolder);
    connect(m_folder, &QLineEdit::editingFinished, this, &BuildSettingsPane::storeFolder);
    connect(m_threads, &QLineEdit::editingFinished, this, &BuildSettingsPane::storeThreads);
    connect(m_threads, &QLineEdit::textEdited, this, [this](const QString &text) {
        const QString why = whyNoThreadCount(text);
        setInvalid(m_threads, !why.isEmpty());
        m_problem->setText(why);
        m_problem->setVisible(!why.isEmpty());
    });
    for (const auto signal : {&Workspace::editsChanged, &Workspace::documentChanged, &Workspace::titleChanged})
        connect(&m_workspace, signal, this, &BuildSettingsPane::refresh);
    refresh();
}

void BuildSettingsPane::storeThreads()
{
    const QString text = m_threads->text().trimmed();
    if (!whyNoThreadCount(text).isEmpty())
        return; // the reason stands below the field
    m_threads->setModified(false); // stored: undo may change the field again
    const int count = text.toInt();
    setBuildOption(m_workspace, kThreadsOption, count > 0 ? QString::number(count) : QString(),
                   count > 0 ? tr("Build for %1").arg(Counted::threads(count)) : tr("Build for one thread a core"));
    refresh();
}

void BuildSettingsPane::storeFolder()
{
    const QString stored = storedFolder(m_workspace, QDir::fromNativeSeparators(m_folder->text()));
    setBuildOption(m_workspace, kFolderOption, stored,
                   stored.isEmpty() ? tr("Output folder as proposed") : tr("Output folder %1").arg(QDir(stored).dirName()));
    refresh();
}

void BuildSettingsPane::chooseFolder()
{
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Folder for the artifacts"), outputFolder(m_workspace));
    if (chosen.isEmpty())
        return;
    m_folder->setText(chosen);
    storeFolder();
}

void BuildSettingsPane::refresh()
{
    const core::EditState &edits = m_workspace.edits();
    const BuildSettings settings = BuildSettings::of(edits);
    const bool open = m_workspace.document() != nullptr;
    for (QWidget *field : std::initializer_list<QWidget *>{m_precision, m_folder, m_threads, m_choose, m_place})
        field->setEnabled(open);
    m_precision->setCurrentIndex(
        std::max(0, settings.precision ? m_precision->findData(toQString(runtime::nameOf(*settings.precision))) : 0));
    const auto used = settings.precisionFor(edits);
    QString note;
    if (!settings.precision)
        note = edits.encodings.empty() ? tr("float32: there are no encodings yet") : tr("quantsim: there are encodings");
    else if (used == runtime::Precision::QuantSim && edits.encodings.empty())
        note = tr("There are no encodings: everything stays float. Calibrate first.");
    else if (used == runtime::Precision::Float32 && !edits.encodings.empty())
        note = tr("The encodings are not used.");
    m_precisionNote->setText(note);
    m_precisionNote->setVisible(!note.isEmpty());

    std::map<core::Backend, int> counts;
    for (const auto &[node, backend] : edits.placement)
        ++counts[backend];
    QStringList parts;
    for (const auto &[backend, count] : counts)
        parts << tr("%1 on %2").arg(Counted::ops(count), toQString(core::nameOf(backend)).toUpper());
    m_placement->setText(parts.isEmpty() ? tr("automatic, all ops") : parts.join(QStringLiteral(", ")) + tr(", rest automatic"));

    if (!m_folder->hasFocus() || !m_folder->isModified())
        m_folder->setText(QDir::toNativeSeparators(settings.folder));
    m_folder->setPlaceholderText(QDir::toNativeSeparators(outputFolder(m_workspace)));
    m_folder->setToolTip(QDir::toNativeSeparators(outputFolder(m_workspace)));
    if (!m_threads->hasFocus() || !m_threads->isModified()) {
        m_threads->setText(settings.threads > 0 ? QString::number(settings.threads) : QString());
        setInvalid(m_threads, false);
        m_problem->hide();
    }
    m_threads->setPlaceholderText(tr("%1, one a core").arg(BuildSettings().threadCount()));
}

} // namespace nordlys::studio
