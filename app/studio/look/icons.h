// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QRect>
#include <QString>

class QPainter;

namespace nordlys::studio {

/// Our icons, one per resources/icons/<name>.svg (viewBox 16, stroke 1.5). Order: by file name.
enum class Icon {
    Back,
    Blocked,
    Build,
    Calibrate,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    ChevronUp,
    Close,
    Command,
    Compare,
    Computer,
    Copy,
    Device,
    Edit,
    Encodings,
    Error,
    Estimate,
    Evaluate,
    Export,
    File,
    Filter,
    Fit,
    Flag,
    FolderOpen,
    Forward,
    Gear,
    Graph,
    Import,
    Info,
    Layers,
    Link,
    Lock,
    Maximize,
    Menu,
    Minus,
    More,
    Node,
    Pin,
    Placement,
    Plus,
    Recent,
    Record,
    Redo,
    Refresh,
    Run,
    Save,
    Search,
    Stop,
    Swap,
    Table,
    Thermometer,
    Timeline,
    Trash,
    Undo,
    Warn,
    ZoomIn,
    ZoomOut,
};

constexpr int iconCount = static_cast<int>(Icon::ZoomOut) + 1;

/// File name without ending, e.g. "zoom_in".
QString iconName(Icon icon);

/// An icon that follows the theme: text2 normally, text when active, selectionInk when selected, disabled when disabled.
/// Rendered per device pixel ratio and cached per colour. QIcon::name() is iconName().
QIcon icon(Icon icon);

/// Same, with one fixed colour for the normal and active mode (read at the time of the call; ask again after a theme switch).
QIcon icon(Icon icon, const QColor& colour);

/// The icon in one colour as a pixmap of `size` device-independent pixels.
QPixmap iconPixmap(Icon icon, const QColor& colour, int size, qreal devicePixelRatio);

/// Paints the icon centred in `rect`, `size` pixels large (0: the shorter side of `rect`).
void paintIcon(QPainter* painter, const QRect& rect, Icon icon, const QColor& colour, int size = 0);

/// The mark of Nordlys in the colours of the theme, square, `size` device-independent pixels.
QPixmap nordlysMark(int size, qreal devicePixelRatio);

/// Window and task bar icon (the mark in several sizes).
QIcon nordlysWindowIcon();

} // namespace nordlys::studio
