# The helper for programs of ns-3 users: libmonami-ns3.a on top of libmonami.a, <monami/ns3-helper.h>,
# monami-ns3.pc, and find_package(monami COMPONENTS ns3). Included by ns3.cmake.
add_library(monami_ns3_lib STATIC sim/ns3/helper/helper.cc sim/ns3/helper/world.cc
    sim/ns3/helper/net_device.cc sim/ns3/helper/wifi.cc sim/ns3/helper/tag.cc
    $<TARGET_OBJECTS:ns3_helper_core>)
target_include_directories(monami_ns3_lib PRIVATE ${PROJECT_SOURCE_DIR})
target_include_directories(monami_ns3_lib SYSTEM PRIVATE ${PROJECT_SOURCE_DIR}/sim/lib ${NS3_INCLUDE})
target_compile_features(monami_ns3_lib PRIVATE cxx_std_17)
target_compile_options(monami_ns3_lib PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wno-missing-field-initializers)
if(WERROR)
    target_compile_options(monami_ns3_lib PRIVATE -Werror)
endif()
set_target_properties(monami_ns3_lib PROPERTIES OUTPUT_NAME monami-ns3 CXX_EXTENSIONS OFF
    INTERPROCEDURAL_OPTIMIZATION OFF)

# What a program of theirs is made of besides: the modules that were found, which bring their own.
set(ns3_user_cflags "")
if(NOT NS3_INCLUDE STREQUAL "/usr/include")
    set(ns3_user_cflags "-isystem ${NS3_INCLUDE}")
endif()
list(JOIN ns3_libraries " " ns3_user_links)
list(GET ns3_libraries 0 ns3_folder)
get_filename_component(ns3_folder ${ns3_folder} DIRECTORY)
if(NOT ns3_folder MATCHES "^/usr/lib")
    string(APPEND ns3_user_links " -Wl,-rpath,${ns3_folder}")
endif()
configure_file(sim/ns3/helper/monami-ns3.pc.in monami-ns3.pc @ONLY)
configure_package_config_file(sim/ns3/helper/monami-ns3.cmake.in monami-ns3.cmake
    INSTALL_DESTINATION ${monami_package} PATH_VARS CMAKE_INSTALL_LIBDIR
    NO_CHECK_REQUIRED_COMPONENTS_MACRO)

install(TARGETS monami_ns3_lib ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES sim/ns3/helper/ns3_helper.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/monami
        RENAME ns3-helper.h)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/monami-ns3.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/monami-ns3.cmake DESTINATION ${monami_package})
install(FILES sim/ns3/examples/wifi-walk.cc DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
