// SPDX-License-Identifier: GPL-3.0-or-later
#include "export_status.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>

#include <QDesktopServices>
#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

namespace nordlys::studio {

ExportStatus::ExportStatus(QWidget *parent)
    : QWidget(parent), m_icon(new QLabel(this)), m_text(new InkLabel(CellInk::Default, this)), m_progress(new QProgressBar(this)),
      m_open(new QPushButton(tr("Open"), this)), m_showFolder(new QPushButton(tr("Show in folder"), this))
{
    m_text->setObjectName(QStringLiteral("exportStatus"));
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_open->setObjectName(QStringLiteral("exportOpen"));
    m_showFolder->setObjectName(QStringLiteral("exportShowFolder"));
    m_showFolder->setIcon(icon(Icon::FolderOpen));
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(scaled(160));
    for (QPushButton *button : {m_open, m_showFolder}) {
        setBarSize(button);
        button->setAutoDefault(false); // Enter closes the dialog
    }
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(metrics().gap);
    row->addWidget(m_icon);
    row->addWidget(m_text, 1);
    row->addWidget(m_progress);
    row->addWidget(m_open);
    row->addWidget(m_showFolder);
    setMinimumHeight(metrics().barButton); // its coming and going moves nothing
    connect(m_open, &QPushButton::clicked, this,
            [this] { open(m_path, tr("No program is set up for such files. It is %1.").arg(m_path)); });
    connect(m_showFolder, &QPushButton::clicked, this,
            [this] { open(QFileInfo(m_path).absolutePath(), tr("No file manager is set up. The file is %1.").arg(m_path)); });
    clear();
}

void ExportStatus::clear() { present(Kind::None, {}); }

void ExportStatus::showNote(const QString &text) { present(Kind::Note, text); }

void ExportStatus::showProblem(const QString &text) { present(Kind::Problem, text); }

void ExportStatus::showProgress(const QString &stage, int done, int total)
{
    m_progress->setRange(0, total);
    m_progress->setValue(done);
    present(Kind::Progress, stage);
}

void ExportStatus::showWritten(const QString &path)
{
    const QFileInfo file(path);
    m_path = path;
    present(Kind::Written, tr("Written: %1, %2").arg(file.fileName(), formatBytes(static_cast<std::uint64_t>(file.size()))));
    m_text->setToolTip(path);
}

void ExportStatus::open(const QString &path, const QString &otherwise)
{
    if (!QDesktopServices::openUrl(QUrl::fromLocalFile(path)))
        m_text->setText(otherwise);
}

void ExportStatus::present(Kind kind, const QString &text)
{
    m_kind = kind;
    m_text->setText(text);
    m_text->setToolTip({});
    m_text->setInk(kind == Kind::Problem ? CellInk::Error : kind == Kind::Written ? CellInk::Default : CellInk::Label);
    m_progress->setVisible(kind == Kind::Progress);
    m_open->setVisible(kind == Kind::Written);
    m_showFolder->setVisible(kind == Kind::Written);
    m_icon->setVisible(kind == Kind::Problem || kind == Kind::Written || kind == Kind::Note);
    drawIcon();
}

void ExportStatus::drawIcon()
{
    const auto draw = [this](Icon icon, const QColor &ink) {
        m_icon->setPixmap(iconPixmap(icon, ink, metrics().icon, devicePixelRatioF()));
    };
    if (m_kind == Kind::Problem)
        draw(Icon::Error, theme().error);
    else if (m_kind == Kind::Written)
        draw(Icon::Check, theme().ok);
    else if (m_kind == Kind::Note)
        draw(Icon::Info, theme().text2);
}

void ExportStatus::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        drawIcon();
    QWidget::changeEvent(event);
}

} // namespace nordlys::studio
