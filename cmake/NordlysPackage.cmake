# SPDX-License-Identifier: Apache-2.0
# What an installation holds beside the programs, and the Debian package made from it (cpack -G DEB in a release build).

set(NORDLYS_RELEASE_DATE "2026-11-23" CACHE STRING "Date of this version in the AppStream metadata")

install(FILES "${CMAKE_SOURCE_DIR}/README.md" "${CMAKE_SOURCE_DIR}/CHANGELOG.md" "${CMAKE_SOURCE_DIR}/app/cli/json-documents.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES "${CMAKE_SOURCE_DIR}/packaging/copyright" DESTINATION "${CMAKE_INSTALL_DOCDIR}")

if(TARGET nordlys-studio)
  set(desktop "${CMAKE_SOURCE_DIR}/resources/desktop")
  configure_file("${desktop}/org.nordlys.Studio.metainfo.xml.in" "${CMAKE_BINARY_DIR}/org.nordlys.Studio.metainfo.xml" @ONLY)
  install(FILES "${desktop}/org.nordlys.Studio.desktop" DESTINATION "${CMAKE_INSTALL_DATADIR}/applications")
  install(FILES "${desktop}/org.nordlys.Studio.svg" DESTINATION "${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps")
  install(FILES "${desktop}/org.nordlys.Studio.mime.xml" DESTINATION "${CMAKE_INSTALL_DATADIR}/mime/packages")
  install(FILES "${CMAKE_BINARY_DIR}/org.nordlys.Studio.metainfo.xml" DESTINATION "${CMAKE_INSTALL_DATADIR}/metainfo")
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME nordlys)
set(CPACK_PACKAGE_VENDOR "Nordlys")
set(CPACK_PACKAGE_CONTACT "The Nordlys developers <nordlys@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "studio for neural networks on phones and boards")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Calibrates, quantizes, places, builds and measures ONNX models:\n the window nordlys-studio, the command nordlys and the runner nordlys-run.")
# dpkg-shlibdeps names the libraries; fonts and Qt's platform plugin are loaded by name and have to be said.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
if(TARGET nordlys-studio)
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "qt6-qpa-plugins")
  set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "fonts-inter, fonts-jetbrains-mono, libqt6svg6")
endif()
include(CPack)
