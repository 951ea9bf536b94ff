# The library for programs of others: one archive with all that a world needs, and how it is found
# when it is installed. Without analysis/, and so without GSL.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

room(sim/lib sim_world)

set(rooms sim_base sim_core sim_link sim_live sim_mobility models_wire models models_crypto models_ipsec
    models_ike models_mip6 models_transport models_node traces scenarios sim_batch sim_world sim_lib)
set(objects "")
foreach(room IN LISTS rooms)
    list(APPEND objects $<TARGET_OBJECTS:${room}>)
endforeach()
add_library(monami_objects STATIC ${objects})
set_target_properties(monami_objects PROPERTIES LINKER_LANGUAGE C)

# One object that shows nobody but monami_*: a program may have names like ours. What the optimiser
# of whole programs left in it goes, so that any linker takes it.
set(monami_lib ${CMAKE_CURRENT_BINARY_DIR}/libmonami.a)
add_custom_command(OUTPUT ${monami_lib} VERBATIM DEPENDS monami_objects
    COMMAND ${CMAKE_LINKER} -r -o monami_lib.o --whole-archive $<TARGET_FILE:monami_objects>
    COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=monami_* --remove-section=.gnu.lto_*
            --remove-section=.gnu.debuglto_* monami_lib.o
    COMMAND ${CMAKE_COMMAND} -E rm -f ${monami_lib}
    COMMAND ${CMAKE_AR} qcs ${monami_lib} monami_lib.o)
add_custom_target(monami_lib ALL DEPENDS ${monami_lib})

set(monami_needs libcrypto>=3 yaml-0.1 sqlite3 expat)
string(REPLACE ">=" " >= " monami_requires "${monami_needs}")
string(REPLACE ";" ", " monami_requires "${monami_requires}")
set(monami_links -lm ${CMAKE_DL_LIBS})
list(TRANSFORM monami_links REPLACE "^([^-].*)" "-l\\1")
if(SANITIZE)
    list(APPEND monami_links -fsanitize=address,undefined)
endif()
list(JOIN monami_links " " monami_links)
file(RELATIVE_PATH monami_up /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
configure_file(sim/lib/monami.pc.in monami.pc @ONLY)
set(monami_package ${CMAKE_INSTALL_LIBDIR}/cmake/monami)
configure_package_config_file(sim/lib/monami-config.cmake.in monami-config.cmake
    INSTALL_DESTINATION ${monami_package} PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(monami-config-version.cmake COMPATIBILITY SameMinorVersion)

install(FILES ${monami_lib} DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES sim/lib/monami.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/monami.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/monami-config.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/monami-config-version.cmake DESTINATION ${monami_package})
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs FILES_MATCHING PATTERN *.md)
install(DIRECTORY sim/lib/examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
