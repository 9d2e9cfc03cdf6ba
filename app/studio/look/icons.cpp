// SPDX-License-Identifier: GPL-3.0-or-later
#include "icons.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include "resources.h"
#include "theme.h"

namespace nordlys::studio {
namespace {

constexpr std::array<const char*, iconCount> fileNames{
    "back",
    "blocked",
    "build",
    "calibrate",
    "check",
    "chevron_down",
    "chevron_left",
    "chevron_right",
    "chevron_up",
    "close",
    "command",
    "compare",
    "computer",
    "copy",
    "device",
    "edit",
    "encodings",
    "error",
    "estimate",
    "evaluate",
    "export",
    "file",
    "filter",
    "fit",
    "flag",
    "folder_open",
    "forward",
    "gear",
    "graph",
    "import",
    "info",
    "layers",
    "link",
    "lock",
    "maximize",
    "menu",
    "minus",
    "more",
    "node",
    "pin",
    "placement",
    "plus",
    "recent",
    "record",
    "redo",
    "refresh",
    "run",
    "save",
    "search",
    "stop",
    "swap",
    "table",
    "thermometer",
    "timeline",
    "trash",
    "undo",
    "warn",
    "zoom_in",
    "zoom_out",
};

QByteArray svgSource(const QString& name)
{
    initStudioResources();
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QPixmap render(QByteArray source, int devicePixels)
{
    QPixmap pixmap(devicePixels, devicePixels);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(source);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    renderer.render(&painter, QRectF(0, 0, devicePixels, devicePixels));
    return pixmap;
}

class ThemeIconEngine : public QIconEngine
{
public:
    explicit ThemeIconEngine(Icon icon, const QColor& fixed) : m_icon(icon), m_fixed(fixed) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        paintIcon(painter, rect, m_icon, colourOf(mode));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override
    {
        return iconPixmap(m_icon, colourOf(mode), std::min(size.width(), size.height()), 1.0);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        const qreal ratio = std::max(scale, 1.0);
        return iconPixmap(m_icon, colourOf(mode), static_cast<int>(std::lround(std::min(size.width(), size.height()) / ratio)), ratio);
    }
    QString iconName() override { return nordlys::studio::iconName(m_icon); }
    QString key() const override { return QStringLiteral("nordlys"); }
    QIconEngine* clone() const override { return new ThemeIconEngine(*this); }

private:
    [[nodiscard]] QColor colourOf(QIcon::Mode mode) const
    {
        if (mode == QIcon::Disabled) {
            return theme().disabled;
        }
        if (m_fixed.isValid()) {
            return m_fixed;
        }
        if (mode == QIcon::Selected) {
            return theme().selectionInk;
        }
        return mode == QIcon::Active ? theme().text : theme().text2;
    }

    Icon m_icon;
    QColor m_fixed;
};

} // namespace

QString iconName(Icon icon)
{
    const int index = std::clamp(static_cast<int>(icon), 0, iconCount - 1);
    return QString::fromLatin1(fileNames[static_cast<std::size_t>(index)]);
}

QIcon icon(Icon icon)
{
    return QIcon(new ThemeIconEngine(icon, QColor()));
}

QIcon icon(Icon icon, const QColor& colour)
{
    return QIcon(new ThemeIconEngine(icon, colour));
}

QPixmap iconPixmap(Icon icon, const QColor& colour, int size, qreal devicePixelRatio)
{
    const int devicePixels = std::clamp(static_cast<int>(std::lround(size * devicePixelRatio)), 1, 1024);
    const QString name = iconName(icon);
    const QString key = QStringLiteral("nordlys/%1/%2/%3").arg(name, colour.name(QColor::HexArgb)).arg(devicePixels);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = render(svgSource(name).replace("currentColor", colour.name().toLatin1()), devicePixels);
        QPixmapCache::insert(key, pixmap);
    }
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

void paintIcon(QPainter* painter, const QRect& rect, Icon icon, const QColor& colour, int size)
{
    const int side = size > 0 ? size : std::min(rect.width(), rect.height());
    if (side <= 0) {
        return;
    }
    const qreal ratio = painter->device() != nullptr ? painter->device()->devicePixelRatioF() : 1.0;
    const QPixmap pixmap = iconPixmap(icon, colour, side, ratio);
    painter->drawPixmap(QPointF(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2), pixmap);
}

QPixmap nordlysMark(int size, qreal devicePixelRatio)
{
    QByteArray source = svgSource(QStringLiteral("nordlys_mark"));
    source.replace("currentColor", theme().htp.name().toLatin1());
    source.replace("accentColor", theme().accent.name().toLatin1());
    QPixmap pixmap = render(source, std::clamp(static_cast<int>(std::lround(size * devicePixelRatio)), 1, 1024));
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

QIcon nordlysWindowIcon()
{
    QIcon result;
    for (const int size : {16, 24, 32, 48, 64, 128}) {
        result.addPixmap(nordlysMark(size, 1.0));
    }
    return result;
}

} // namespace nordlys::studio
