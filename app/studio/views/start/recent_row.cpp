// SPDX-License-Identifier: GPL-3.0-or-later
#include "recent_row.h"

#include <studio/look/icons.h>
#include <studio/look/metrics.h>
#include <studio/look/number_format.h>
#include <studio/look/theme.h>
#include <studio/widgets/chip.h>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QPainter>

#include <optional>

namespace nordlys::studio {
namespace {

std::optional<Verdict> verdictFromName(const QString &name)
{
    if (name == QLatin1String("trusted"))
        return Verdict::Trusted;
    if (name == QLatin1String("noisy"))
        return Verdict::Noisy;
    if (name == QLatin1String("throttled"))
        return Verdict::Throttled;
    if (name == QLatin1String("fallback"))
        return Verdict::FellBack;
    if (name == QLatin1String("tooFew"))
        return Verdict::TooFew;
    if (name == QLatin1String("interrupted"))
        return Verdict::Interrupted;
    if (name == QLatin1String("failed"))
        return Verdict::Failed;
    return std::nullopt;
}

QString homely(const QString &folder)
{
    const QString home = QDir::homePath();
    return folder.startsWith(home) && home.size() > 1 ? QLatin1Char('~') + folder.mid(home.size()) : folder;
}

} // namespace

QString relativeDate(const QDateTime &when, const QDateTime &now)
{
    const auto text = [](const char *source) { return QCoreApplication::translate("RecentRow", source); };
    const qint64 days = when.date().daysTo(now.date());
    const QLocale locale;
    if (days == 0)
        return text(QT_TRANSLATE_NOOP("RecentRow", "today %1")).arg(locale.toString(when.time(), QStringLiteral("HH:mm")));
    if (days == 1)
        return text(QT_TRANSLATE_NOOP("RecentRow", "yesterday"));
    if (days > 1 && days < 7)
        return locale.dayName(when.date().dayOfWeek());
    return locale.toString(when.date(),
                           when.date().year() == now.date().year() ? QStringLiteral("d MMM") : QStringLiteral("d MMM yyyy"));
}

RecentRow::RecentRow(const RecentFile &file, bool last, QWidget *parent)
    : QAbstractButton(parent), m_file(file), m_last(last), m_exists(QFileInfo::exists(file.path))
{
    setObjectName(QStringLiteral("recentRow"));
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(QFileInfo(file.path).fileName());
    setToolTip(file.path);
    setAttribute(Qt::WA_Hover);
}

QSize RecentRow::sizeHint() const { return {scaled(400), scaled(52)}; }

void RecentRow::enterEvent(QEnterEvent *event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void RecentRow::leaveEvent(QEvent *event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

void RecentRow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    if (underMouse() || hasFocus())
        painter.fillRect(rect(), theme().hover);
    if (!m_last)
        painter.fillRect(QRect(0, height() - 1, width(), 1), theme().border);
    const QFileInfo info(m_file.path);
    const int half = scaled(17), top = (height() - 2 * half) / 2;
    const bool project = info.suffix() == QLatin1String("nordlys"), recording = info.suffix() == QLatin1String("nrs");
    paintIcon(&painter, QRect(12, 0, scaled(32), height()), project ? Icon::File : (recording ? Icon::Timeline : Icon::Graph),
              theme().text2, scaled(20));

    const int dateWidth = scaled(100), chipWidth = scaled(120), valueWidth = width() > scaled(620) ? scaled(150) : 0;
    const int left = 12 + scaled(32) + 12;
    const int right = width() - 12;
    painter.setFont(uiFont(12));
    painter.setPen(theme().text3);
    painter.drawText(QRect(right - dateWidth, 0, dateWidth, height()), Qt::AlignRight | Qt::AlignVCenter,
                     relativeDate(m_file.opened, QDateTime::currentDateTime()));
    const QRect chip(right - dateWidth - chipWidth, 0, chipWidth - 8, height());
    const auto verdict = verdictFromName(m_file.verdict);
    if (!m_exists)
        paintChip(&painter, chip, ChipKind::Error, QCoreApplication::translate("RecentRow", "file not found"),
                  chipIcon(ChipKind::Error));
    else if (verdict)
        paintChip(&painter, chip, chipKind(*verdict), chipText(*verdict), chipIcon(*verdict));
    const QRect value(chip.left() - valueWidth - 12, top, valueWidth, half);
    if (valueWidth > 0) {
        painter.setFont(monoFont(12));
        painter.setPen(m_file.latencyNs > 0 ? theme().text : theme().text3);
        painter.drawText(m_file.latencyNs > 0 ? value : value.adjusted(0, 0, 0, half), Qt::AlignRight | Qt::AlignVCenter,
                         m_file.latencyNs > 0 ? formatDuration(m_file.latencyNs)
                                              : QCoreApplication::translate("RecentRow", "not run"));
        if (m_file.latencyNs > 0) {
            painter.setFont(monoFont(11));
            painter.setPen(theme().text3);
            painter.drawText(value.translated(0, half), Qt::AlignRight | Qt::AlignVCenter,
                             QStringLiteral("p50 n=%1").arg(formatCount(static_cast<qint64>(m_file.count))));
        }
    }
    const int textWidth = value.left() - left - 12;
    painter.setFont(uiFont(12, QFont::DemiBold));
    painter.setPen(m_exists ? theme().text : theme().text3);
    painter.drawText(QRect(left, top, textWidth, half), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(info.fileName(), Qt::ElideMiddle, textWidth));
    painter.setFont(uiFont(12));
    painter.setPen(theme().text3);
    painter.drawText(QRect(left, top + half, textWidth, half), Qt::AlignLeft | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(homely(info.absolutePath()), Qt::ElideMiddle, textWidth));
}

} // namespace nordlys::studio
