# The program: main.c, and everything else of sim/app as a library that tests can link too.
file(GLOB app_sources CONFIGURE_DEPENDS sim/app/*.c)
list(REMOVE_ITEM app_sources ${PROJECT_SOURCE_DIR}/sim/app/main.c)
find_package(Git QUIET)
if(GIT_FOUND)
    execute_process(COMMAND ${GIT_EXECUTABLE} -C ${PROJECT_SOURCE_DIR} describe --always --dirty
                    OUTPUT_VARIABLE git OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
set_source_files_properties(sim/app/cmd_version.c PROPERTIES
    COMPILE_DEFINITIONS "MONAMI_GIT=\"${git}\"")
add_library(sim_app STATIC ${app_sources})
target_link_libraries(sim_app PUBLIC sim_world sim_lib analysis PkgConfig::JANSSON)
add_executable(monami sim/app/main.c)
target_link_libraries(monami PRIVATE sim_app)
install(TARGETS monami RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
