// SPDX-License-Identifier: GPL-3.0-or-later
#include "start_view.h"

#include "recent_row.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/studio_style.h>
#include <studio/look/theme.h>
#include <studio/widgets/chip.h>
#include <studio/workspace/project_keeper.h>
#include <studio/workspace/sample_files.h>

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPaintEvent>
#include <QPainter>
#include <QPixmap>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace nordlys::studio {
namespace {

constexpr int kContentWidth = 1064;
constexpr int kShownRecent = 6;

QLabel *label(const QString &text, const QFont &font, QPalette::ColorRole ink, QWidget *parent)
{
    auto *made = new QLabel(text, parent);
    made->setFont(font);
    made->setForegroundRole(ink);
    made->setWordWrap(true);
    return made;
}

/// A card: surface, border, radius 6.
class Card : public QWidget {
public:
    using QWidget::QWidget;
    bool dashed = false, active = false;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(active ? theme().focus : (dashed ? theme().control : theme().border), active ? 2 : 1,
                            dashed ? Qt::DashLine : Qt::SolidLine));
        painter.setBrush(dashed ? theme().window : theme().surface);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metrics().cardRadius, metrics().cardRadius);
    }
};

/// The number of a step in a circle.
class StepNumber : public QWidget {
public:
    StepNumber(int number, QWidget *parent) : QWidget(parent), m_number(number) { setFixedSize(scaled(20), scaled(20)); }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme().control, 1));
        painter.drawEllipse(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
        painter.setPen(theme().text);
        painter.setFont(monoFont(11));
        painter.drawText(rect(), Qt::AlignCenter, QString::number(m_number));
    }

private:
    int m_number;
};

/// Pictures of the sample, enlarged with hard pixels: they are 8 x 8.
QPixmap digitsPicture(const QString &folder, int side, int count, double ratio)
{
    const QStringList files = QDir(folder).entryList({QStringLiteral("*.png")}, QDir::Files, QDir::Name);
    const int gap = 6;
    QPixmap strip(QSize((side + gap) * count - gap, side) * ratio);
    strip.setDevicePixelRatio(ratio);
    strip.fill(Qt::transparent);
    QPainter painter(&strip);
    for (int i = 0; i < count && i < files.size(); ++i) {
        const QPixmap digit(folder + QLatin1Char('/') + files[i]);
        painter.drawPixmap(QRect(i * (side + gap), 0, side, side), digit);
    }
    return strip;
}

} // namespace

class StartView::DropCard : public Card {
public:
    using Card::Card;
};

StartView::StartView(QWidget *parent)
    : QWidget(parent), m_recentTitle(nullptr), m_recentCount(nullptr), m_recentList(nullptr), m_recentRows(nullptr)
{
    setObjectName(QStringLiteral("startView"));
    auto *content = new QWidget;
    content->setMaximumWidth(scaled(kContentWidth));
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(0, scaled(44), 0, scaled(24));
    column->setSpacing(0);
    column->addWidget(label(tr("Open a model to see where its time and accuracy go"), uiFont(22, QFont::DemiBold),
                            QPalette::WindowText, content));
    column->addSpacing(4);
    column->addWidget(
        label(tr("Everything runs on this computer. No account, no vendor SDK needed; a phone or board can be added later."),
              uiFont(12), QPalette::PlaceholderText, content));
    column->addSpacing(16);
    auto *cards = new QHBoxLayout;
    cards->setSpacing(16);
    cards->addWidget(makeDropCard(), 8);
    cards->addWidget(makeSampleCard(), 5);
    column->addLayout(cards);
    column->addSpacing(16);
    column->addWidget(makeSteps());
    column->addSpacing(20);
    auto *heading = new QHBoxLayout;
    m_recentTitle = label(tr("Recent"), uiFont(12, QFont::DemiBold), QPalette::WindowText, content);
    m_recentCount = label({}, uiFont(12), QPalette::PlaceholderText, content);
    m_recentCount->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    heading->addWidget(m_recentTitle);
    heading->addWidget(m_recentCount, 1);
    column->addLayout(heading);
    column->addSpacing(6);
    m_recentList = new Card(content);
    m_recentRows = new QVBoxLayout(m_recentList);
    m_recentRows->setContentsMargins(1, 1, 1, 1);
    m_recentRows->setSpacing(0);
    column->addWidget(m_recentList);
    column->addStretch(1);

    auto *page = new QWidget;
    auto *centred = new QHBoxLayout(page);
    centred->setContentsMargins(24, 0, 24, 0);
    centred->addStretch(1);
    centred->addWidget(content, 1000);
    centred->addStretch(1);
    auto *scroll = new QScrollArea(this);
    scroll->setWidget(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    page->setAutoFillBackground(false);
    auto *whole = new QVBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    whole->addWidget(scroll);
    refresh();
}

QWidget *StartView::makeDropCard()
{
    m_drop = new DropCard;
    m_drop->dashed = true;
    m_drop->setMinimumHeight(scaled(212));
    auto *column = new QVBoxLayout(m_drop);
    column->setContentsMargins(16, 16, 16, 16);
    column->addStretch(1);
    auto *picture = new QLabel(m_drop);
    picture->setPixmap(iconPixmap(Icon::Graph, theme().accent, scaled(44), devicePixelRatioF()));
    column->addWidget(picture, 0, Qt::AlignHCenter);
    column->addSpacing(8);
    QLabel *title =
        label(tr("Drop a model, project or recording here"), uiFont(14, QFont::DemiBold), QPalette::WindowText, m_drop);
    title->setAlignment(Qt::AlignHCenter);
    column->addWidget(title);
    QLabel *kinds = label(QStringLiteral(".onnx  .nordlys  .nrs"), uiFont(12), QPalette::PlaceholderText, m_drop);
    kinds->setAlignment(Qt::AlignHCenter);
    column->addWidget(kinds);
    column->addSpacing(12);
    auto *open = new QPushButton(icon(Icon::FolderOpen, theme().accentInk), tr("Open…"), m_drop);
    open->setObjectName(QStringLiteral("startOpen"));
    setPrimary(open);
    connect(open, &QPushButton::clicked, this, &StartView::openRequested);
    column->addWidget(open, 0, Qt::AlignHCenter);
    column->addStretch(1);
    return m_drop;
}

QWidget *StartView::makeSampleCard()
{
    auto *card = new Card;
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(18, 16, 18, 16);
    column->setSpacing(6);
    auto *head = new QHBoxLayout;
    head->addWidget(label(tr("Sample: handwritten digits"), uiFont(14, QFont::DemiBold), QPalette::WindowText, card), 1);
    const QString model = sampleModelPath();
    head->addWidget(
        new Chip(model.isEmpty() ? ChipKind::Neutral : ChipKind::Ok, model.isEmpty() ? tr("not installed") : tr("ready"), card));
    column->addLayout(head);
    const QString folder = QFileInfo(model).absolutePath();
    const auto count = [&folder](const char *sub) {
        return QDir(folder + QLatin1Char('/') + QLatin1String(sub)).entryList({QStringLiteral("*.png")}, QDir::Files).size();
    };
    const QString what = model.isEmpty()
                             ? tr("The samples are not beside the program. Install share/nordlys, or set NORDLYS_RESOURCES.")
                             : tr("A small classifier, %1 labelled test images, %2 for calibration. See what 8 bit does to it.")
                                   .arg(count("test"))
                                   .arg(count("calibration"));
    column->addWidget(label(what, uiFont(12), QPalette::PlaceholderText, card));
    if (!model.isEmpty()) {
        auto *digits = new QLabel(card);
        digits->setPixmap(digitsPicture(folder + QStringLiteral("/test"), scaled(38), 7, devicePixelRatioF()));
        digits->setAccessibleName(tr("Seven pictures of the sample"));
        column->addSpacing(4);
        column->addWidget(digits);
    }
    column->addStretch(1);
    auto *open = new QPushButton(icon(Icon::Run), tr("Open the sample"), card);
    open->setObjectName(QStringLiteral("startSample"));
    open->setEnabled(!model.isEmpty());
    connect(open, &QPushButton::clicked, this, [this, model] { Q_EMIT fileRequested(model); });
    column->addWidget(open, 0, Qt::AlignLeft);
    return card;
}

QWidget *StartView::makeSteps()
{
    auto *card = new Card;
    auto *row = new QHBoxLayout(card);
    row->setContentsMargins(16, 10, 16, 10);
    row->setSpacing(16);
    const std::pair<QString, QString> steps[] = {{tr("Calibrate"), tr("ranges from your own samples")},
                                                 {tr("Edit"), tr("see the error of every tensor")},
                                                 {tr("Build and run"), tr("here, with every layer timed")},
                                                 {tr("Watch"), tr("layers, clocks and heat on one axis")}};
    int number = 0;
    for (const auto &[title, text] : steps) {
        auto *digit = new StepNumber(++number, card);
        row->addWidget(digit, 0, Qt::AlignTop);
        auto *texts = new QVBoxLayout;
        texts->setSpacing(0);
        texts->addWidget(label(title, uiFont(12, QFont::DemiBold), QPalette::WindowText, card));
        texts->addWidget(label(text, uiFont(12), QPalette::PlaceholderText, card));
        row->addLayout(texts, 1);
    }
    return card;
}

void StartView::refresh()
{
    while (QLayoutItem *item = m_recentRows->takeAt(0)) {
        item->widget()->deleteLater(); // its click may be what brought us here
        delete item;
    }
    const QList<RecentFile> files = RecentFiles::read();
    const int shown = std::min<int>(kShownRecent, static_cast<int>(files.size()));
    m_recentTitle->setVisible(shown > 0);
    m_recentList->setVisible(shown > 0);
    m_recentCount->setText(shown > 0 ? tr("%1 of %2").arg(shown).arg(files.size()) : QString());
    for (int i = 0; i < shown; ++i) {
        auto *row = new RecentRow(files[i], i == shown - 1, m_recentList);
        connect(row, &QAbstractButton::clicked, this, [this, path = files[i].path] { Q_EMIT fileRequested(path); });
        row->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(row, &QWidget::customContextMenuRequested, this,
                [this, row, path = files[i].path](const QPoint &at) { showRecentMenu(path, row->mapToGlobal(at)); });
        m_recentRows->addWidget(row);
    }
}

void StartView::showRecentMenu(const QString &path, const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("recentRowMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString &text, const char *name, std::function<void()> run) {
        QAction *action = menu->addAction(text);
        action->setObjectName(QString::fromLatin1(name));
        connect(action, &QAction::triggered, this, std::move(run));
    };
    add(tr("Open"), "recentOpen", [this, path] { Q_EMIT fileRequested(path); });
    add(tr("Locate…"), "recentLocate", [this, path] {
        const QString found = QFileDialog::getOpenFileName(window(), tr("Locate %1").arg(QFileInfo(path).fileName()),
                                                           QFileInfo(path).absolutePath(), ProjectKeeper::openFilter());
        if (!found.isEmpty()) {
            RecentFiles::relocate(path, found);
            refresh();
        }
    });
    menu->addSeparator();
    add(tr("Remove from the list"), "recentRemove", [this, path] {
        RecentFiles::forget(path);
        refresh();
    });
    add(tr("Clear the list"), "recentClear", [this] {
        RecentFiles::clear();
        refresh();
    });
    menu->popup(at);
}

void StartView::setDropActive(bool active)
{
    m_drop->active = active;
    m_drop->update();
}

void StartView::paintEvent(QPaintEvent *event)
{
    QPainter painter(this);
    painter.fillRect(event->rect(), theme().canvas);
}

void StartView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

} // namespace nordlys::studio
