// SPDX-License-Identifier: GPL-3.0-or-later
// No text of the window is cut off, in either language, in the smallest window and in the usual one.
#include "window_fixture.h"

#include <studio/look/resources.h>
#include <studio/widgets/chip.h>
#include <studio/widgets/ink_label.h>

#include <QAbstractScrollArea>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QMessageBox>
#include <QPointer>
#include <QStyleOption>
#include <QTabBar>
#include <QTableView>
#include <QTextDocument>
#include <QToolButton>

namespace nordlys::studio::test {
namespace {

QString withoutMnemonic(QString text)
{
    text.replace(QLatin1String("&&"), QLatin1String("\x01"));
    text.remove(QLatin1Char('&'));
    return text.replace(QLatin1Char('\x01'), QLatin1Char('&'));
}

constexpr int kReadable = 60; // less of a shortened text says nothing

int widthOf(const QFontMetrics &metrics, const QString &text)
{
    int widest = 0;
    for (const QString &line : text.split(QLatin1Char('\n')))
        widest = std::max(widest, metrics.horizontalAdvance(line));
    return widest;
}

/// Part of the widget that its parents show, scroll areas aside: what is scrolled away can be scrolled back.
QRect shownPart(const QWidget *widget)
{
    QRect shown = widget->rect();
    QPoint offset;
    for (const QWidget *at = widget; !at->isWindow() && at->parentWidget(); at = at->parentWidget()) {
        if (qobject_cast<const QAbstractScrollArea *>(at->parentWidget()->parentWidget()))
            break;
        offset += at->pos();
        shown &= at->parentWidget()->rect().translated(-offset);
    }
    return shown;
}

/// Empty, or why the text of this widget is not whole. A text that the program shortened itself is fine where a tooltip has it all.
QString whyCut(const QWidget *widget)
{
    const QFontMetrics metrics(widget->font());
    const QString tip = widget->toolTip();
    if (const auto *label = qobject_cast<const QLabel *>(widget)) {
        QString text = label->text();
        if (text.isEmpty() || !label->pixmap(Qt::ReturnByValue).isNull())
            return {};
        if (label->textFormat() == Qt::RichText || (label->textFormat() == Qt::AutoText && Qt::mightBeRichText(text))) {
            QTextDocument document;
            document.setHtml(text);
            text = document.toPlainText();
        }
        const QRect room = label->contentsRect().adjusted(label->margin(), label->margin(), -label->margin(), -label->margin());
        const QRect shown = shownPart(label);
        if (label->wordWrap()) {
            int widest = 0;
            for (const QString &word : text.split(QRegularExpression(QStringLiteral("\\s+"))))
                widest = std::max(widest, metrics.horizontalAdvance(word));
            if (widest > room.width() + 1)
                return QStringLiteral("its longest word needs %1, there are %2").arg(widest).arg(room.width());
            const int high = metrics.boundingRect(QRect(0, 0, room.width(), 100000), Qt::TextWordWrap, text).height();
            if (high > room.height() + 2 || shown.height() + 2 < std::min(high, label->height()))
                return QStringLiteral("needs a height of %1, there are %2").arg(high).arg(std::min(room.height(), shown.height()));
            return {};
        }
        const int wide = widthOf(metrics, text);
        const auto *ink = qobject_cast<const InkLabel *>(label);
        if (ink && ink->isElided()) // it hovers its whole text itself where that does not fit
            return room.width() >= std::min(wide, kReadable) ? QString() : QStringLiteral("has no room to be read: %1").arg(room.width());
        if (wide > std::min(room.width(), shown.width()) + 1 && !tip.contains(text))
            return QStringLiteral("needs %1, there are %2").arg(wide).arg(std::min(room.width(), shown.width()));
        if (metrics.height() > label->height() + 1)
            return QStringLiteral("is %1 high in %2").arg(metrics.height()).arg(label->height());
        return {};
    }
    if (const auto *chip = qobject_cast<const Chip *>(widget)) {
        return chip->width() + 1 < chip->sizeHint().width() && tip.isEmpty()
                   ? QStringLiteral("needs %1, there are %2").arg(chip->sizeHint().width()).arg(chip->width())
                   : QString();
    }
    if (const auto *button = qobject_cast<const QAbstractButton *>(widget)) {
        const auto *tool = qobject_cast<const QToolButton *>(button);
        if (button->text().isEmpty() || (tool && tool->toolButtonStyle() == Qt::ToolButtonIconOnly))
            return {};
        const int wide = widthOf(metrics, withoutMnemonic(button->text())) + (button->icon().isNull() ? 0 : button->iconSize().width() + 4);
        const bool upright = button->objectName() == QLatin1String("sideStripTab"); // its text runs from bottom to top
        const int room = upright ? shownPart(button).height() : std::min(button->width(), shownPart(button).width());
        if (wide > room)
            return QStringLiteral("needs %1, there are %2").arg(wide).arg(room);
        return {};
    }
    if (const auto *combo = qobject_cast<const QComboBox *>(widget)) {
        QStyleOptionComboBox option;
        option.initFrom(combo);
        const QRect room = combo->style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, combo);
        const int wide = metrics.horizontalAdvance(combo->currentText());
        return wide > room.width() + 1 && !tip.contains(combo->currentText())
                   ? QStringLiteral("needs %1, there are %2").arg(wide).arg(room.width())
                   : QString();
    }
    return {};
}

QString nameOf(const QWidget *widget)
{
    QString name = QString::fromLatin1(widget->metaObject()->className());
    for (const QWidget *at = widget; at; at = at->parentWidget()) {
        if (!at->objectName().isEmpty() && !at->objectName().startsWith(QLatin1String("qt_")))
            return name + QStringLiteral(" in ") + at->objectName();
    }
    return name;
}

class Clipping : public WindowTest, public testing::WithParamInterface<std::tuple<const char *, QSize>> {
protected:
    void SetUp() override
    {
        installTranslation(QLocale(QString::fromLatin1(std::get<0>(GetParam()))));
        WindowTest::SetUp();
        window->resize(std::get<1>(GetParam()));
    }
    void TearDown() override
    {
        WindowTest::TearDown();
        installTranslation(QLocale(QLocale::English, QLocale::UnitedStates));
    }
    void check(const QWidget &root, const QString &where)
    {
        QTest::qWait(30); // layouts settle in the event loop
        QList<QPointer<const QWidget>> widgets;
        for (const QWidget *widget : root.findChildren<QWidget *>())
            widgets << widget;
        for (const QPointer<const QWidget> &widget : widgets) {
            if (!widget || !widget->isVisible() || widget->visibleRegion().isEmpty())
                continue;
            QString text;
            if (const auto *label = qobject_cast<const QLabel *>(widget.data()))
                text = label->text();
            else if (const auto *button = qobject_cast<const QAbstractButton *>(widget.data()))
                text = button->text();
            else if (const auto *combo = qobject_cast<const QComboBox *>(widget.data()))
                text = combo->currentText();
            QString why = whyCut(widget.data());
            if (!why.isEmpty()) { // a text that came just now has no room yet
                QTest::qWait(80);
                if (!widget)
                    continue;
                why = widget->isVisible() ? whyCut(widget.data()) : QString();
            }
            EXPECT_TRUE(why.isEmpty()) << where.toStdString() << ": " << nameOf(widget.data()).toStdString() << " \"" << text.left(120).toStdString()
                                       << "\" " << why.toStdString();
            if (const auto *header = qobject_cast<const QHeaderView *>(widget.data()); header && header->model())
                checkHeader(*header, where);
            if (const auto *tabs = qobject_cast<const QTabBar *>(widget.data())) {
                for (int i = 0; i < tabs->count(); ++i)
                    EXPECT_LE(tabs->fontMetrics().horizontalAdvance(withoutMnemonic(tabs->tabText(i))), tabs->tabRect(i).width())
                        << where.toStdString() << ": tab \"" << tabs->tabText(i).toStdString() << '"';
            }
        }
    }
    static void checkHeader(const QHeaderView &header, const QString &where)
    {
        if (header.orientation() != Qt::Horizontal)
            return;
        for (int column = 0; column < header.count(); ++column) {
            if (header.isSectionHidden(column))
                continue;
            const QString text = header.model()->headerData(column, Qt::Horizontal).toString();
            const QString tip = header.model()->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString();
            const QVariant font = header.model()->headerData(column, Qt::Horizontal, Qt::FontRole);
            const int wide = widthOf(QFontMetrics(font.isValid() ? font.value<QFont>() : header.font()), text);
            EXPECT_TRUE(wide <= header.sectionSize(column) || !tip.isEmpty())
                << where.toStdString() << ": column \"" << text.toStdString() << "\" of " << nameOf(&header).toStdString() << " needs "
                << wide << ", there are " << header.sectionSize(column);
        }
    }
};

TEST_P(Clipping, NoTextIsCutOff)
{
    check(*window, QStringLiteral("start"));
    openDigits();
    for (const QString &view : MainWindow::viewIds()) {
        window->showView(view);
        check(*window, view + QStringLiteral(" (before the first run)"));
    }
    Workspace &workspace = window->workspace();
    CalibrationRequest calibration;
    calibration.inputs = workspace.calibrationInputs();
    calibration.inputs.limit = 8;
    window->quantizer().calibrate(calibration);
    ASSERT_TRUE(waitUntil([&] { return workspace.calibration() && !window->isBusy(); }));
    window->quantizer().evaluate({{workspace.evaluationInputs().spec, {}, 8}, workspace.labelsPath()});
    ASSERT_TRUE(waitUntil([&] { return workspace.evaluation() && !window->isBusy(); }));
    for (int i = 0; i < 2; ++i) {
        RunSettings settings;
        settings.iterations = 60;
        window->runner().run(settings);
        ASSERT_TRUE(waitUntil([&] { return !window->isBusy(); }));
    }
    workspace.selectTensor(workspace.document()->findTensor("logits"));
    for (const QString &view : MainWindow::viewIds()) {
        window->showView(view);
        check(*window, view);
    }
    // Every dialog that an action opens. "…" says that one does.
    for (const QString &id : window->actions().ids()) {
        QAction *action = window->actions().action(id);
        const bool asks = (action->text().endsWith(QChar(0x2026)) && !id.startsWith(QLatin1String("edit."))) || id.startsWith(QLatin1String("help."));
        if (!asks || !action->isEnabled())
            continue;
        if (id == QLatin1String("view.palette")) { // lies over the window, is no dialog
            action->trigger();
            check(*window, id);
            QTest::keyClick(child<QLineEdit>("paletteField"), Qt::Key_Escape);
            continue;
        }
        QTimer answer;
        answer.setInterval(20);
        QObject::connect(&answer, &QTimer::timeout, window.get(), [&] {
            auto *dialog = qobject_cast<QDialog *>(QApplication::activeModalWidget());
            if (!dialog)
                return;
            const AllowedBlock walking("the test walks through the dialog");
            answer.stop();
            if (!qobject_cast<QFileDialog *>(dialog)) // Qt's own
                check(*dialog, id);
            dialog->reject();
        });
        answer.start();
        action->trigger();
        QCoreApplication::processEvents();
    }
}

INSTANTIATE_TEST_SUITE_P(Languages, Clipping,
                         testing::Combine(testing::Values("en", "nb"), testing::Values(QSize(1024, 700), QSize(1440, 900))),
                         [](const auto &parameters) {
                             return std::string(std::get<0>(parameters.param)) + "_" + std::to_string(std::get<1>(parameters.param).width());
                         });

} // namespace
} // namespace nordlys::studio::test
