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

# The part of the program that needs no statistics: archives of which GSL's users are left alone.
# The linker says so when that is no longer true.
function(links_without_gsl program)
    target_link_libraries(${program} PRIVATE $<TARGET_FILE:sim_app> $<TARGET_FILE:analysis>
                          sim_world PkgConfig::JANSSON)
    add_dependencies(${program} sim_app analysis)
endfunction()

add_executable(monami sim/app/main.c)
target_link_libraries(monami PRIVATE sim_app)
install(TARGETS monami RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
